// Package radio makes of wifi.toml what a supplicant wants to be told. The file comes from the card and not from a
// network; all that is written of it for the supplicant is hexadecimal or was checked letter by letter, so that
// no word in it can become another setting. It joins no network itself. It stands beside the data path, in the
// setter.
package radio

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tellijn/boards/plan"
)

// Network is what wifi.toml says: which network to join, and how.
type Network struct {
	SSID    string `toml:"ssid"`    // 1 to 32 bytes
	Kind    string `toml:"kind"`    // "personal" (WPA2 or WPA3) or "enterprise" (802.1X)
	Hidden  bool   `toml:"hidden"`  // the network does not say its name
	Country string `toml:"country"` // two capital letters, ISO 3166-1: which channels there are

	// Password is that of the network, 8 to 63 letters of ASCII, or of the identity.
	Password string `toml:"password"`

	Method    string `toml:"method"`    // of an enterprise: "PEAP" (MSCHAPv2), "TTLS" (PAP) or "TLS"
	Identity  string `toml:"identity"`  // who this device is there
	Anonymous string `toml:"anonymous"` // what is said of that before anything is encrypted; not with TLS
	Server    string `toml:"server"`    // name that the certificate of the server must have
	CA        string `toml:"ca"`        // file beside wifi.toml with the certificate of who signs for the server
	Cert      string `toml:"cert"`      // file with the certificate of this device, with TLS
	Key       string `toml:"key"`       // file with its key, without a password
}

// ErrNetwork is wrapped by errors about what wifi.toml says.
var ErrNetwork = errors.New("radio: what to join")

// maxFile bounds the files, in bytes.
const maxFile = 64 << 10

// Load reads wifi.toml and checks it.
func Load(path string) (n Network, err error) {
	b, err := read(path)
	if err != nil {
		return Network{}, err
	}
	return Parse(string(b))
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxFile {
		err = fmt.Errorf("%w: %d bytes, at most %d", ErrNetwork, info.Size(), maxFile)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNetwork, err)
	}
	return os.ReadFile(path)
}

// Parse reads the text of wifi.toml and checks it. Every error wraps ErrNetwork.
func Parse(text string) (Network, error) {
	var n Network
	if err := plan.Read("wifi.toml", text, &n); err != nil {
		return Network{}, fmt.Errorf("%w: %w", ErrNetwork, err)
	}
	if err := n.check(); err != nil {
		return Network{}, fmt.Errorf("%w: %w", ErrNetwork, err)
	}
	return n, nil
}

// check checks what goes with what.
func (n *Network) check() error {
	switch {
	case len(n.SSID) < 1 || len(n.SSID) > 32:
		return fmt.Errorf("ssid of %d bytes, want 1 to 32", len(n.SSID))
	case n.Country != "" && (len(n.Country) != 2 || !all(n.Country, 'A', 'Z')):
		return fmt.Errorf("country %q, want two letters such as \"DE\"", n.Country)
	case n.Kind == "personal":
		if !all(n.Password, ' ', '~') || len(n.Password) < 8 || len(n.Password) > 63 {
			return errors.New("password, want 8 to 63 letters of ASCII")
		}
		if n.Method+n.Identity+n.Anonymous+n.Server+n.CA+n.Cert+n.Key != "" {
			return errors.New("method, identity, anonymous, server, ca, cert and key go with kind = \"enterprise\"")
		}
		return nil
	case n.Kind != "enterprise":
		return fmt.Errorf("kind %q, want \"personal\" or \"enterprise\"; a network without a password is none for this device", n.Kind)
	case n.CA == "" || n.Server == "":
		return errors.New("ca and server are missing: without both, anybody could play the network and take the password; ask who runs it")
	case n.Identity == "" || len(n.Identity) > 253 || len(n.Anonymous) > 253 || len(n.Password) > 255:
		return errors.New("identity, want 1 to 253 bytes; anonymous at most 253, password at most 255")
	case !name(n.Server):
		return fmt.Errorf("server %q, want one name of letters, digits, dots and hyphens", n.Server)
	}
	tls := n.Method == "TLS"
	switch {
	case n.Method != "PEAP" && n.Method != "TTLS" && !tls:
		return fmt.Errorf("method %q, want \"PEAP\", \"TTLS\" or \"TLS\"", n.Method)
	case tls && (n.Cert == "" || n.Key == "" || n.Password != "" || n.Anonymous != ""):
		return errors.New("method TLS wants cert and key, no password and no anonymous")
	case !tls && (n.Password == "" || n.Cert != "" || n.Key != ""):
		return fmt.Errorf("method %s wants a password, no cert and no key", n.Method)
	}
	for _, f := range []string{n.CA, n.Cert, n.Key} {
		if f != "" && (filepath.Base(f) != f || f == "." || f == "..") {
			return fmt.Errorf("file %q, want the name of one beside wifi.toml", f)
		}
	}
	return nil
}

// all tells whether a text has only bytes within bounds.
func all(s string, from, to byte) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < rune(from) || r > rune(to) })
}

// name tells whether a text can be the name of a server. (RFC 1123, 2.1)
func name(s string) bool {
	return len(s) <= 253 && !strings.HasPrefix(s, ".") && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '.' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
