package plan

import (
	"strconv"
	"strings"
)

// Parts is the table [parts]: what hangs on the board. A key that is missing says that the board has
// none. Lines have the names that the kernel gives them, such as GPIO17.
type Parts struct {
	CameraPower string `toml:"camera_power"` // line that closes the switch in front of the camera; high is on
	CameraLamp  string `toml:"camera_lamp"`  // line that reads the switched supply back; high is lit
	Lamp        string `toml:"lamp"`         // line of the status lamp; high is lit
	Button      string `toml:"button"`       // line of the button; low is pressed
	Watchdog    string `toml:"watchdog"`     // such as /dev/watchdog0
	Clock       string `toml:"clock"`        // real-time clock, such as /dev/rtc0
}

// Network is the table [network].
type Network struct {
	Kind      string   `toml:"kind"`      // dhcp, static or none; empty means dhcp
	Interface string   `toml:"interface"` // such as eth0; empty for the first with a wire, then the first without
	Address   string   `toml:"address"`   // with the length of the network, such as 192.0.2.5/24; only static
	Gateway   string   `toml:"gateway"`   // such as 192.0.2.1; only static, may be empty
	Names     []string `toml:"names"`     // at most 3 name servers; only static
}

// Time is the table [time]: whom the device asks what time it is.
type Time struct {
	Servers []string `toml:"servers"` // at most 4, host:port
}

// Approval is the table [approval].
type Approval struct {
	Signer string `toml:"signer"` // public key whose approvals count, 64 hex digits; empty for none
}

// Limits of the tables above.
const (
	MaxServers   = 4
	maxNames     = 3  // resolv.conf(5): MAXNS
	maxLine      = 32 // bytes; linux/gpio.h: GPIO_MAX_NAME_SIZE
	maxInterface = 15 // bytes; linux/if.h: IFNAMSIZ less its end
)

// Check holds the table against what can be, and no line does two things.
func (p *Parts) Check(name, text string) error {
	used := map[string]string{}
	for _, l := range p.Lines() {
		if l.Line == "" {
			continue
		}
		if !word(l.Line, maxLine-1, "_+./") {
			return At(name, text, "parts."+l.Key, "%q, want the name of a line as the kernel has it, such as GPIO17", l.Line)
		}
		if other := used[l.Line]; other != "" {
			return At(name, text, "parts."+l.Key, "%q is the line of %s already", l.Line, other)
		}
		used[l.Line] = l.Key
	}
	for _, d := range []struct{ key, path, like string }{{"watchdog", p.Watchdog, "/dev/watchdog0"}, {"clock", p.Clock, "/dev/rtc0"}} {
		if d.path != "" && !goodPath(d.path) {
			return At(name, text, "parts."+d.key, "%q, want a path below /dev/ such as %s", d.path, d.like)
		}
	}
	if p.CameraLamp != "" && p.CameraPower == "" {
		return At(name, text, "parts.camera_lamp", "%q, but there is no camera_power whose supply it could read", p.CameraLamp)
	}
	return nil
}

// PartLine is a part that hangs on a line: its key in [parts] and the line's name, empty if there is none.
type PartLine struct{ Key, Line string }

// Lines are the parts that hang on lines, in a fixed order.
func (p *Parts) Lines() []PartLine {
	return []PartLine{{"camera_power", p.CameraPower}, {"camera_lamp", p.CameraLamp}, {"lamp", p.Lamp}, {"button", p.Button}}
}

// Check holds the table against what can be. An empty kind becomes dhcp.
func (n *Network) Check(name, text string) error {
	if n.Interface != "" && !word(n.Interface, maxInterface, "_.") {
		return At(name, text, "network.interface", "%q, want a name such as eth0 or wlan0", n.Interface)
	}
	switch n.Kind {
	case "":
		n.Kind = "dhcp"
	case "dhcp", "none", "static":
	default:
		return At(name, text, "network.kind", "%q, want dhcp, static or none", n.Kind)
	}
	if n.Kind != "static" {
		for _, at := range []struct{ key, value string }{{"address", n.Address}, {"gateway", n.Gateway}, {"names", strings.Join(n.Names, ",")}} {
			if at.value != "" {
				return At(name, text, "network."+at.key, "%q, but with kind %s there is none; want kind = \"static\" or no %s", at.value, n.Kind, at.key)
			}
		}
		return nil
	}
	addr, length, ok := strings.Cut(n.Address, "/")
	own, okOwn := host(addr)
	bits, err := strconv.Atoi(length)
	if !ok || !okOwn || err != nil || bits < 8 || bits > 30 || strconv.Itoa(bits) != length {
		return At(name, text, "network.address", "%q, want an address of version 4 and the length of its network, such as 192.0.2.5/24", n.Address)
	}
	if n.Gateway != "" {
		if g, ok := host(n.Gateway); !ok || g == own || (g^own)>>(32-bits) != 0 {
			return At(name, text, "network.gateway", "%q, want another address of the same network as %s", n.Gateway, n.Address)
		}
	}
	if len(n.Names) > maxNames {
		return At(name, text, "network.names", "%d name servers, at most %d", len(n.Names), maxNames)
	}
	for _, s := range n.Names {
		if _, ok := host(s); !ok {
			return At(name, text, "network.names", "%q, want addresses such as 192.0.2.1", s)
		}
	}
	return nil
}

// host reads the address of one machine, of version 4. It is done here, since the warden links nothing
// that could be the beginning of a network.
func host(s string) (a uint32, ok bool) {
	parts := strings.Split(s, ".")
	if len(parts) != 4 {
		return 0, false
	}
	for _, p := range parts {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil || strconv.FormatUint(n, 10) != p {
			return 0, false
		}
		a = a<<8 | uint32(n)
	}
	// This machine, loopback, multicast and what is kept for later are nobody's. (RFC 6890, table 1 to 16)
	first := a >> 24
	return a, first != 0 && first != 127 && first < 224
}

// Check holds the table against what can be.
func (t *Time) Check(name, text string) error {
	if len(t.Servers) > MaxServers {
		return At(name, text, "time.servers", "%d servers, at most %d", len(t.Servers), MaxServers)
	}
	for i, s := range t.Servers {
		if !address(s) {
			return At(name, text, "time.servers", "%q, want a host and a port such as ntp.example:123", s)
		}
		for _, o := range t.Servers[:i] {
			if o == s {
				return At(name, text, "time.servers", "%q stands there twice; servers are asked so that they can differ", s)
			}
		}
	}
	return nil
}

// Check holds the table against what can be. Whether a board may take this key is for privacy/approval.
func (a *Approval) Check(name, text string) error {
	if a.Signer == "" {
		return nil
	}
	return key(name, text, "approval.signer", a.Signer)
}

// word tells whether s is 1 to most letters, digits, hyphens and characters of more.
func word(s string, most int, more string) bool {
	for _, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-'
		if !letter && strings.IndexByte(more, c) < 0 {
			return false
		}
	}
	return s != "" && len(s) <= most && s != "." && s != ".."
}
