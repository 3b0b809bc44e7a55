'use strict';
// An agent for both protocols looks for node:https in the stack to know which of the two is asked for.
const http = require('http');
const https = require('https');
const isSecure = () => new Error().stack.split('\n').some((line) => line.includes('node:https:'));
class Agent extends http.Agent {
  get protocol() {
    return isSecure() ? 'https:' : 'http:';
  }
  set protocol(value) {}
  addRequest(request) {
    console.log('asked', this.protocol);
    request.destroy();
  }
}
const agent = new Agent();
for (const ask of [https.request, https.get, http.request]) ask({ host: 'localhost', port: 1, agent }).on('error', (error) => console.log(error.code));
