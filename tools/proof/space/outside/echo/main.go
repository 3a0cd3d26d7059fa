// Echo stands in for the eye when the proof wants to know what the warden tells it: it says the
// SHA-256 of its orders on descriptor 2 and ends as an eye does that cannot use them. It opens no
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
	fmt.Fprintf(os.Stderr, "%d bytes of orders, SHA-256 %x\n", len(b), sha256.Sum256(b))
	os.Exit(int(orders.BadOrders))
}
