"""Webhooks: an application's backend is told who comes, who goes and what clients send."""
