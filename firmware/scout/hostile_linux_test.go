package main

const hostileName = "hostile"

func hostile(string) {}
