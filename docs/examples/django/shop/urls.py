"""The shop's addresses."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from orders import views

urlpatterns = [
    path("", views.orders, name="orders"),
    path("place", views.place, name="place"),
    path("ship/<int:number>", views.ship, name="ship"),
    path("notifications/token", views.token, name="token"),
    path("login", LoginView.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
]
