import HTTPTypes
import Hummingbird
import IntentModel
import Telemetry

extension ProblemError {
    /// The response the caller sees; `instance` becomes the path unless it says something already.
    func response(path: String) -> Response {
        if let body {
            var headers = self.headers
            headers[.contentType] = "application/json"
            return Response(status: HTTPResponse.Status(code: self.problem.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
        }
        var problem = self.problem
        if problem.instance == nil { problem.instance = path }
        // What a peer said of a call may quote a key that it was shown.
        problem.detail = KnownSecrets.shared.hidden(in: problem.detail)
        var response = Response.json(problem, status: HTTPResponse.Status(code: problem.status))
        response.headers[.contentType] = "application/problem+json"
        response.headers.append(contentsOf: self.headers)
        return response
    }
}
