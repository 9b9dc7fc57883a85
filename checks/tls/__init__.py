"""TLS configuration: what a server would accept, asked by hello messages that never finish a handshake."""
