"""Pictures of text as lines and grids, in the guarded child process only.

A picture is straightened (`straighten`), its ruling lines found (`rules`), its text detected and read (`models`,
`reading`), each text parted where it crosses a rule (`cells`), doubtful ones read again (`second_look`); then the
same table and line code as for a PDF's own text puts it together (`recognise`). Models and libraries load late.
"""
