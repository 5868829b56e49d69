// Stands between a client and the server and remembers the last exchange as it went over the wire: which verb the client
// chose and how a body was coded is not to be seen from within the client.
'use strict';

const http = require('http');

// Resolves to { url, last, close() }; `last` is { method, target, headers, bodyBytes, status, answerHeaders }.
function startWire(serverUrl) {
  const server = new URL(serverUrl);
  const wire = { last: null };
  const proxy = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const exchange = {
        method: request.method,
        target: request.url,
        headers: request.headers,
        bodyBytes: body.length,
      };
      const onward = http.request(
        { host: server.hostname, port: server.port, method: request.method, path: request.url, headers: request.headers },
        (answer) => {
          exchange.status = answer.statusCode;
          exchange.answerHeaders = answer.headers;
          wire.last = exchange;
          response.writeHead(answer.statusCode, answer.rawHeaders);
          answer.pipe(response);
        }
      );
      onward.on('error', () => response.destroy());
      onward.end(body);
    });
  });
  return new Promise((resolve) => {
    proxy.listen(0, '127.0.0.1', () => {
      wire.url = `http://127.0.0.1:${proxy.address().port}`;
      wire.close = () => {
        proxy.close();
        proxy.closeAllConnections();
      };
      resolve(wire);
    });
  });
}

module.exports = { startWire };
