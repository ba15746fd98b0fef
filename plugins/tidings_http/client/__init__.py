"""The store of an application elsewhere, over HTTP."""
