// A phone tree in plain Node.js: it answers TwiML and checks Twilio's signature itself.
// Prints its port when it listens.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const token = process.env.TWILIO_AUTH_TOKEN;

function signed(request, form) {
  const url = `http://${request.headers.host}${request.url}`;
  const names = [...new Set(form.keys())].sort();
  const fields = names.map((name) => name + form.get(name)).join("");
  const wanted = createHmac("sha1", token).update(url + fields, "utf-8").digest();
  const given = Buffer.from(request.headers["x-twilio-signature"] ?? "", "base64");
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function answer(path, form, cookie) {
  switch (path) {
    case "/voice":
      return `<Gather input="dtmf speech" action="/chosen?from=ü" timeout="3">
        <Say>Press 1 or say a colour.</Say></Gather><Say>Nothing was heard.</Say>`;
    case "/chosen":
      return form.get("Digits") === "1"
        ? `<Dial action="/dialled" timeout="10"><Number>+16125550199</Number></Dial>`
        : `<Say>You like ${form.get("SpeechResult")}, ${cookie}.</Say>`;
    case "/dialled":
      return `<Say>They were ${form.get("DialCallStatus")}.</Say><Redirect>/moved</Redirect>`;
    case "/there":
      return "<Say>Moved there.</Say><Hangup/>";
  }
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const form = new URLSearchParams(body);
  const path = new URL(request.url, "http://x").pathname;
  if (!signed(request, form)) {
    response.writeHead(403).end("wrong signature");
  } else if (path === "/moved") {
    response.writeHead(307, { Location: "/there?a=é" }).end();
  } else {
    const twiml = answer(path, form, request.headers.cookie ?? "no cookie");
    const cookies = ["seen=yes; Path=/", "again=no; Expires=Wed, 09 Jun 2100 10:18:14 GMT; Path=/"];
    response.writeHead(twiml === undefined ? 404 : 200, {
      "Content-Type": "text/xml",
      "Set-Cookie": cookies,
    });
    response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Response>${twiml}</Response>`);
  }
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
