'use strict';
// An authority that speaks for the names below example.org only, but for secret.example.org.
const tls = require('tls');

const root = `-----BEGIN CERTIFICATE-----
MIIBpjCCAU2gAwIBAgIUY+o//7hiohT3A945pyB0nfE8gyowCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVY29pbCBjb25zdHJhaW5lZCByb290MCAXDTI2MTEyNjA2MjMz
MloYDzIxMjYxMTAyMDYyMzMyWjAgMR4wHAYDVQQDDBVjb2lsIGNvbnN0cmFpbmVk
IHJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQcpwWjhqtZDrvfCG7AP6E3
FAhuOBXRTIcHvTA0xfcUIiN6/7HjRQN884T8xiqxtGe+xPH7xFT/Mzk1zB3c4Ax2
o2MwYTAdBgNVHQ4EFgQURklUlka9/Eu6ymCXvT/F+tlMr4owHwYDVR0jBBgwFoAU
RklUlka9/Eu6ymCXvT/F+tlMr4owDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8E
BAMCAgQwCgYIKoZIzj0EAwIDRwAwRAIgGOGJ5TUiv2Qbq8fMRa0/X2SZiRwF+uqT
k7DU1JlaUL4CIGhsaSJpSMWc3Yu5Axv/2HP+Rw7M/ujnwpjH65YmvUYZ
-----END CERTIFICATE-----`;
const authority = `-----BEGIN CERTIFICATE-----
MIIB5DCCAYugAwIBAgIUbSksdXygAPISV8QDF6o6CPCLyrowCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVY29pbCBjb25zdHJhaW5lZCByb290MCAXDTI2MTEyNjA2MjMz
MloYDzIxMjYxMTAyMDYyMzMyWjAlMSMwIQYDVQQDDBpjb2lsIGNvbnN0cmFpbmVk
IGF1dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLTmwpdVdJxU1LjR
rQIXy6AUDvgGfgDqkEglRKyr4oUUlHBxvDDD+5ubPFHx5q9mMogN43pqcYIU3ydF
NJyCS+6jgZswgZgwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwNQYD
VR0eAQH/BCswKaAPMA2CC2V4YW1wbGUub3JnoRYwFIISc2VjcmV0LmV4YW1wbGUu
b3JnMB0GA1UdDgQWBBS11QfROmJu4ceffDj4rGcGHlf9CDAfBgNVHSMEGDAWgBRG
SVSWRr38S7rKYJe9P8X62UyvijAKBggqhkjOPQQDAgNHADBEAiAbXD4674VuBF2F
cgrvivmjV4Rmf2Cy5h+WWqU3z6lFOwIgIxS3UfTOBRg+YY9tRhTJrSXoB4L8CKAo
hzg87LwSYtw=
-----END CERTIFICATE-----`;
const leaves = {
  good: {
    cert: `-----BEGIN CERTIFICATE-----
MIIBlDCCATqgAwIBAgIUNttRYj67eB3QXS36NnBcM/00KbEwCgYIKoZIzj0EAwIw
JTEjMCEGA1UEAwwaY29pbCBjb25zdHJhaW5lZCBhdXRob3JpdHkwIBcNMjYxMTI2
MDYyMzMyWhgPMjEyNjExMDIwNjIzMzJaMA8xDTALBgNVBAMMBGdvb2QwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASWNCgVpb40X1k0FM4bis7UZcNXWxbvBn1MwoO7
Dc03KkENStW4Vze5qoeJJUjTO9Ep/xTrzRH+uOv8xkeCvPY3o1wwWjAYBgNVHREE
ETAPgg1hLmV4YW1wbGUub3JnMB0GA1UdDgQWBBSRg4M9A9oT9vvTCjVSjgpAK5NI
HjAfBgNVHSMEGDAWgBS11QfROmJu4ceffDj4rGcGHlf9CDAKBggqhkjOPQQDAgNI
ADBFAiEApJke7k6uTykpxAybYavUEoWUFyJwSBnpGrzM11p0tfACIDYpdy1C6sxM
FIrghpqt94gh6hKYrvE5KMjmRXMEIM1R
-----END CERTIFICATE-----`,
    key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3zNDHgu97DcRBEAo
lYE/qmQi/fJqEAS5L8/bH920swmhRANCAASWNCgVpb40X1k0FM4bis7UZcNXWxbv
Bn1MwoO7Dc03KkENStW4Vze5qoeJJUjTO9Ep/xTrzRH+uOv8xkeCvPY3
-----END PRIVATE KEY-----`,
  },
  bad: {
    cert: `-----BEGIN CERTIFICATE-----
MIIBnjCCAUSgAwIBAgIUNttRYj67eB3QXS36NnBcM/00KbIwCgYIKoZIzj0EAwIw
JTEjMCEGA1UEAwwaY29pbCBjb25zdHJhaW5lZCBhdXRob3JpdHkwIBcNMjYxMTI2
MDYyMzMyWhgPMjEyNjExMDIwNjIzMzJaMA4xDDAKBgNVBAMMA2JhZDBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABNBEeNzQjE/y5UItOfU8ZVg1Don2uujPghKrIgk7
sxGu0oNzgggE0x3dUQ6DTeOtDA1INZKe9fyhQLczdZ0AEYOjZzBlMCMGA1UdEQQc
MBqCDWEuZXhhbXBsZS5vcmeCCWV2aWwudGVzdDAdBgNVHQ4EFgQUbBveHGUG+xZ8
jBEBPhTKdc6sU7wwHwYDVR0jBBgwFoAUtdUH0TpibuHHn3w4+KxnBh5X/QgwCgYI
KoZIzj0EAwIDSAAwRQIhAI4ueqZhTveVZ8f4KqVsmfEXwW98Dii6oNdzhSwfgltX
AiA0qg4Gzh7Zm/g3Y4++sT7ef7Bg7P30MYQnPJJoLMh2RQ==
-----END CERTIFICATE-----`,
    key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgu3KF+Y9QS/9hLGu6
GEdt2U1Mdf9MpgfkurQVoj6f4/ShRANCAATQRHjc0IxP8uVCLTn1PGVYNQ6J9rro
z4ISqyIJO7MRrtKDc4IIBNMd3VEOg03jrQwNSDWSnvX8oUC3M3WdABGD
-----END PRIVATE KEY-----`,
  },
  other: {
    cert: `-----BEGIN CERTIFICATE-----
MIIBnDCCAUKgAwIBAgIUNttRYj67eB3QXS36NnBcM/00KbMwCgYIKoZIzj0EAwIw
JTEjMCEGA1UEAwwaY29pbCBjb25zdHJhaW5lZCBhdXRob3JpdHkwIBcNMjYxMTI2
MDYyMzMyWhgPMjEyNjExMDIwNjIzMzJaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYH
KoZIzj0CAQYIKoZIzj0DAQcDQgAEU8QPqOjHxB8ub5l684EelqfTcPe5RxUK6Atn
H2QqBG8Uo9uu/zkB+g21iHKJ8zN/s2wL0iInvraskNFBn6zmLqNjMGEwHwYDVR0R
BBgwFoIUYi5zZWNyZXQuZXhhbXBsZS5vcmcwHQYDVR0OBBYEFKbVlA0wMuHj7XkS
p8ZcX3e9NhwBMB8GA1UdIwQYMBaAFLXVB9E6Ym7hx598OPisZwYeV/0IMAoGCCqG
SM49BAMCA0gAMEUCIDrn4eUZImMhw+4I1XbnY/ibv3vPAKRoYtN3J4sBDtOkAiEA
nf0e9swynsUIGF0ZvfgZuk4AqwuYo++Wc4P1j403ZrA=
-----END CERTIFICATE-----`,
    key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmHft7khjHQe/8PaY
pTEAn9ZmKwTQDbfKwQLRtbYBq9ehRANCAARTxA+o6MfEHy5vmXrzgR6Wp9Nw97lH
FQroC2cfZCoEbxSj267/OQH6DbWIconzM3+zbAvSIie+tqyQ0UGfrOYu
-----END PRIVATE KEY-----`,
  },
};

const ask = (name, servername) => new Promise((resolve) => {
  const { cert, key } = leaves[name];
  const server = tls.createServer({ key, cert: `${cert}\n${authority}` }, (socket) => socket.end()).on('tlsClientError', () => {});
  server.listen(0, () => {
    const socket = tls.connect({ port: server.address().port, servername, ca: root }, () => console.log(name, socket.authorized));
    socket.on('error', (error) => console.log(name, error.code, error.message));
    socket.on('close', () => server.close(resolve)).resume();
  });
});

ask('good', 'a.example.org').then(() => ask('bad', 'a.example.org')).then(() => ask('other', 'b.secret.example.org'));
