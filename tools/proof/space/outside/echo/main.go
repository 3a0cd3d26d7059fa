// Echo stands in for the eye when the proof wants to know what the warden tells it: it writes the
// SHA-256 of its orders to a file beside itself, since nobody hears an eye's words, and ends as an eye does that cannot use them. It opens no
// camera and counts nothing. It is started by the warden, which tools/proof/space/outside runs.
package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"tellijn/firmware/orders"
)

func main() {
	b, err := io.ReadAll(io.LimitReader(os.Stdin, orders.Size+1))
	if err != nil {
		os.Exit(int(orders.Broken))
	}
	self, err := os.Executable()
	if err == nil {
		err = os.WriteFile(self+".said", fmt.Appendf(nil, "%d bytes of orders, SHA-256 %x\n", len(b), sha256.Sum256(b)), 0o600)
	}
	if err != nil {
		os.Exit(int(orders.Broken))
	}
	os.Exit(int(orders.BadOrders))
}
