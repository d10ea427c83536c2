"""Edge: chat models over langchain, held to limits of our own; what goes wrong is said in Chinese, in one place."""

from rag.models.chat import COMPLETE, LangchainChatModel
from rag.models.failures import Service, failure_to_error

__all__ = ["COMPLETE", "LangchainChatModel", "Service", "failure_to_error"]
