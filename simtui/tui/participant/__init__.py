"""What a participant meets: welcome, id, rating, thanks; and the kiosk."""
