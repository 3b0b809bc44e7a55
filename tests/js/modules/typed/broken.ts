let a: = 3;
