package plan

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Release is the table [release]: how coarse counts are before they leave. It can only be made
// coarser than what privacy/release has compiled in, which checks it.
type Release struct {
	K     int    `toml:"k"`     // step in people; 0 for the least
	Open  string `toml:"open"`  // local time from which counts may leave, such as 07:30
	Close string `toml:"close"` // and until when, such as 22:00
	Zone  string `toml:"zone"`  // name in the time zone database, such as Europe/Amsterdam
}

// Upload is the table [upload]: where records go. Without it they stay in the queue.
type Upload struct {
	Kind     string `toml:"kind"`     // https, mqtt or file; empty for none
	Address  string `toml:"address"`  // host:port; none for files
	Receipts string `toml:"receipts"` // public key that signs receipts, 64 hex digits
}

// maxK is what a record has room for, see privacy/record.
const maxK = 255

// MaxDoors of one room.
const MaxDoors = 8

// Room is doors whose counts are added up before they leave, as laid out from Rooms.
type Room struct {
	Name  string
	Head  string // device that adds up
	Doors [MaxDoors]Door
	NDoor int
}

// Door is one [[room.door]].
type Door struct {
	Device string `toml:"device"`
	Sign   string `toml:"sign"` // public key that signs its tallies, 64 hex digits
	Seal   string `toml:"seal"` // public key that tallies for it are sealed with, 64 hex digits
}

// Rooms is the table [room] as it is written.
type Rooms struct {
	Name  string `toml:"name"`
	Head  string `toml:"head"`
	Doors []Door `toml:"door"`
}

// Minute reads a time of the day such as 07:30 as minutes since midnight.
func Minute(name, text, key, s string) (int, error) {
	m, ok := minute(s)
	if !ok {
		return 0, At(name, text, key, "%q, want a time of the day such as 07:30", s)
	}
	return m, nil
}

// Check holds the table against what can be. Whether it is coarse enough is privacy/release's to say.
func (r *Release) Check(name, text string) error {
	for _, at := range []struct{ key, value string }{{"release.open", r.Open}, {"release.close", r.Close}} {
		if at.value == "" {
			continue
		}
		if _, err := Minute(name, text, at.key, at.value); err != nil {
			return err
		}
	}
	if r.Zone != "" {
		if _, err := time.LoadLocation(r.Zone); err != nil || len(r.Zone) > 64 || strings.Contains(r.Zone, "..") || r.Zone == "Local" {
			return At(name, text, "release.zone", "%q, want a name such as Europe/Amsterdam", r.Zone)
		}
	}
	if r.K < 0 || r.K > maxK {
		return At(name, text, "release.k", "%d, want a number of people, at most %d", r.K, maxK)
	}
	return nil
}

// Check holds the table against what can be.
func (u *Upload) Check(name, text string) error {
	switch u.Kind {
	case "":
		if *u != (Upload{}) {
			return At(name, text, "upload.kind", "missing, want https, mqtt or file")
		}
		return nil
	case "file":
		if u.Address != "" {
			return At(name, text, "upload.address", "%q, but files go into the device's own folder", u.Address)
		}
	case "https", "mqtt":
		if !address(u.Address) {
			return At(name, text, "upload.address", "%q, want a host and a port such as counts.example:8443", u.Address)
		}
	default:
		return At(name, text, "upload.kind", "%q, want https, mqtt or file", u.Kind)
	}
	return key(name, text, "upload.receipts", u.Receipts)
}

// address tells whether s is a host and a port.
func address(s string) bool {
	host, port, ok := strings.Cut(s, ":")
	allowed := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
	if i := strings.LastIndex(s, "]:"); strings.HasPrefix(s, "[") && i > 0 { // an address of version 6
		host, port, ok, allowed = s[1:i], s[i+2:], strings.Count(s[:i], ":") >= 2, "0123456789abcdefABCDEF:."
	}
	n, err := strconv.Atoi(port)
	return ok && err == nil && n >= 1 && n <= 65535 && strconv.Itoa(n) == port && host != "" && len(host) <= 253 &&
		host[0] != '-' && strings.Trim(host, allowed) == ""
}

// key checks a public key.
func key(name, text, at, s string) error {
	if b, err := hex.DecodeString(s); err != nil || len(b) != 32 || strings.ToLower(s) != s {
		return At(name, text, at, "%q, want 64 digits of 0-9 and a-f, as `collector enrol` and `warden -identity` print them", s)
	}
	return nil
}

// Room checks the table and lays it out. device is the name of this device, which must be one of the
// doors or the head.
func (r *Rooms) Room(name, text, device string) (out Room, err error) {
	if r.Name == "" && r.Head == "" && len(r.Doors) == 0 {
		return Room{}, nil
	}
	word := func(at, s string) error {
		if err := Device(name, text, s); err != nil {
			return At(name, text, at, "%q, want 1 to %d of a-z, 0-9 and hyphen", s, maxDevice)
		}
		return nil
	}
	if err = word("room.name", r.Name); err != nil {
		return Room{}, err
	}
	if n := len(r.Doors); n < 2 || n > MaxDoors {
		return Room{}, At(name, text, "room.door", "%d doors, want 2 to %d; a room with one door needs no table [room]", n, MaxDoors)
	}
	out = Room{Name: r.Name, Head: r.Head, NDoor: len(r.Doors)}
	head, own := false, false
	for i, d := range r.Doors {
		at := fmt.Sprintf("room.door[%d].", i)
		if err = word(at+"device", d.Device); err == nil {
			err = key(name, text, at+"sign", d.Sign)
		}
		if err == nil {
			err = key(name, text, at+"seal", d.Seal)
		}
		for _, other := range r.Doors[:i] {
			if err == nil && (other.Device == d.Device || other.Sign == d.Sign || other.Seal == d.Seal) {
				err = At(name, text, at+"device", "%q stands there twice, or with the keys of another", d.Device)
			}
		}
		if err != nil {
			return Room{}, err
		}
		out.Doors[i] = d
		head, own = head || d.Device == r.Head, own || d.Device == device
	}
	if !head {
		return Room{}, At(name, text, "room.head", "%q, want one of the doors", r.Head)
	}
	if !own {
		return Room{}, At(name, text, "room.door", "none of them is this device, %q", device)
	}
	return out, nil
}
