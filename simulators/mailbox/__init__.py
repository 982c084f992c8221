"""The customer's end of mail and SMS: a real SMTP server, Twilio's Messages API, and a page to read both."""
