update payment_settings set mode = 'test';
