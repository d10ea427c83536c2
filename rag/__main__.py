"""`python -m rag` is `wenbao`."""

from rag.app.cli import main

if __name__ == "__main__":
    main()
