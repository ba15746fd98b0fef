"""The shop's settings. What differs from one deployment to another is in the environment."""

from os import environ
from pathlib import Path

BASE = Path(__file__).parent.parent
DATABASE = environ.get("SHOP_DATABASE", str(BASE / "shop.db"))

SECRET_KEY = environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "orders",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATABASE,
        # a transaction that writes says so at its beginning, and waits its turn there
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
        "TEST": {"NAME": f"{DATABASE}.test"},  # a file, which Tidings can open too
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "orders"

# where browsers find `manage.py tidings serve`; not set where asgi.py serves it all
TIDINGS_URL = environ.get("TIDINGS_URL")
