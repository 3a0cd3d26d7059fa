// Package resolv writes the list of name servers by which programs of the device find names. It reads
// nothing. It stands beside the data path, in the setter.
package resolv

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
)

// Name is the name of the list in its folder. (resolv.conf(5))
const Name = "resolv.conf"

// Write puts a whole new list into dir, which a reader sees either as before or as it is now. It is a new
// file, by which a program that knows the old one sees that there is another.
func Write(dir string, servers []netip.Addr) error {
	var b strings.Builder
	for _, s := range servers {
		fmt.Fprintf(&b, "nameserver %v\n", s)
	}
	next := filepath.Join(dir, Name+".new")
	err := os.WriteFile(next, []byte(b.String()), 0o644)
	if err == nil {
		err = os.Rename(next, filepath.Join(dir, Name))
	}
	if err != nil {
		return fmt.Errorf("resolv: %w", err)
	}
	return nil
}
