// The caller stands in for the scout in tests of the first process: it sets nothing up, but reads the console of
// its virtual machine and asks the first process for what is typed there, as Ctrl-Alt-Del and the button would.
package main

import (
	"bufio"
	"os"
	"syscall"
)

func main() {
	console, err := os.OpenFile("/dev/console", os.O_RDONLY|syscall.O_NOCTTY, 0)
	if err != nil {
		os.Stderr.WriteString("caller: " + err.Error() + "\n")
		os.Exit(1)
	}
	for in := bufio.NewScanner(console); in.Scan(); {
		switch in.Text() {
		case "off":
			_ = syscall.Kill(1, syscall.SIGTERM)
		case "again":
			_ = syscall.Kill(1, syscall.SIGINT)
		}
	}
}
