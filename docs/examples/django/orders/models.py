"""What is ordered."""

from django.conf import settings
from django.db import models


class Order(models.Model):
    """Something that somebody wants sent."""

    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    what = models.CharField(max_length=100)
    address = models.CharField(max_length=200, blank=True)
    shipped = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.what
