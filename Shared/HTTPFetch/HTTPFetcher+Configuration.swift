extension HTTPFetcher {
    /// What is shown to a server that asks who calls, mutual TLS. Files are read when a connection is made, so that renewed ones are used.
    package struct ClientCertificate: Sendable {
        /// PEM file; may hold the chain.
        package var certificateFile: String
        /// PEM file; nil when the key is in the certificate's.
        package var keyFile: String?
        package var password: String?

        package init(certificateFile: String, keyFile: String? = nil, password: String? = nil) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.password = password
        }
    }

    package struct Configuration: Sendable {
        /// Transfers in flight at once, and so connections.
        package var maxConnections: Int
        /// The same for one scheme, host and port.
        package var maxConnectionsPerHost: Int
        /// Requests accepted and not yet answered, waiting ones included; one more is refused with `.overloaded`.
        package var maxOutstanding: Int
        /// Name look-up, TCP and TLS together; the request's timeout applies as well.
        package var connectTimeout: Duration
        /// An unused connection is closed after this.
        package var idleTimeout: Duration
        /// PEM file of trusted authorities, instead of the system's.
        package var caFile: String?
        package var certificate: ClientCertificate?
        /// `http://host:port` of a proxy for everything; nil is none.
        package var proxy: String?
        /// Sent unless a request brings its own.
        package var userAgent: String
        /// Bytes a stream holds for a slow consumer before its transfer pauses.
        package var streamBufferBytes: Int

        package init(
            maxConnections: Int = 256, maxConnectionsPerHost: Int = 64, maxOutstanding: Int = 1024,
            connectTimeout: Duration = .seconds(2), idleTimeout: Duration = .seconds(60), caFile: String? = nil,
            certificate: ClientCertificate? = nil, proxy: String? = nil,
            userAgent: String = "nephoran", streamBufferBytes: Int = 256 << 10
        ) {
            self.maxConnections = max(1, maxConnections)
            self.maxConnectionsPerHost = max(1, maxConnectionsPerHost)
            self.maxOutstanding = max(1, maxOutstanding)
            self.connectTimeout = connectTimeout
            self.idleTimeout = idleTimeout
            self.caFile = caFile
            self.certificate = certificate
            self.proxy = proxy
            self.userAgent = userAgent
            self.streamBufferBytes = max(1, streamBufferBytes)
        }
    }
}
