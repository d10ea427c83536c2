"""Work on hostile or damaged files, done in warm child processes within limits of memory and time.

A task is a function `(request, teller) -> answer` of bytes, named `module:function`; the child imports it. Whoever
uses a `Sandbox` names the task, so the sandbox knows none of them.
"""

from rag.sandbox.child import Failure, Limits, SandboxError
from rag.sandbox.pool import Sandbox

__all__ = ["Failure", "Limits", "Sandbox", "SandboxError"]
