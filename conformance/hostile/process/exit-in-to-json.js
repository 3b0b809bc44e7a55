// exit: 9

JSON.stringify({ toJSON() { process.exit(9); } });
