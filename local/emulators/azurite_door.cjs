// Azurite answers requests under any host name, so a web page could reach it by DNS rebinding. Loaded before Azurite,
// this refuses requests to other hosts and from web pages, unless they are signed: which pages may send those, an
// account's rules say, as in Azure.
"use strict";

const http = require("http");

const LOOPBACK = ["127.0.0.1", "localhost"];
const createServer = http.createServer;

http.createServer = (...options) => {
  const server = createServer(...options);
  const emit = server.emit.bind(server);
  server.emit = (event, ...given) => {
    if (event !== "request") return emit(event, ...given);
    const [request, response] = given;
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    const signed = request.method === "OPTIONS" || /[?&]sig=/.test(request.url ?? "");
    if (LOOPBACK.includes(host) && (request.headers.origin === undefined || signed)) return emit(event, ...given);
    response.writeHead(403, { "Content-Type": "text/plain" });
    response.end("Azurite answers requests to 127.0.0.1 only, and no web page.");
    return true;
  };
  return server;
};
