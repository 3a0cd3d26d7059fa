// Package install makes a card for one emulated board: a copy of an image, with a device on it that never
// existed before, its keys, its certificates, its configuration, and an approval signed by somebody who was made
// up for it. What a real installer does is tools/fieldkit/flash; this is for the rig, and outside the data
// path.
package install

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"tellijn/boards"
	"tellijn/boards/card"
	"tellijn/firmware/config"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/approval"
	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/rig/door"
	"tellijn/tools/rig/segment"
)

// Device is one device for the rig.
type Device struct {
	Name  string
	Board boards.Board // with the configuration laid over it
	Key   sign.Public  // of its records
	Files map[string][]byte
}

// Plan says what to install.
type Plan struct {
	Board boards.Board
	Name  string
	Enrol Enrol
	// Hours are entries such as "mon-fri 07:30-22:00", none means always, and "closed 2027-03-01" for days without any.
	Hours []string
	// From and Until bound the approval; zero times mean none is installed. A pretended board has its own.
	From, Until time.Time
	// Clocks are asked for the time; none means those of the segment.
	Clocks []string
	// Camera are the keys of the table [camera] of a board with a USB camera, but for driver and path; "" means those
	// of the door.
	Camera string
	// More are further lines of the configuration: keys of its top, and tables.
	More string
}

// Make makes the device.
func Make(p Plan) (*Device, error) {
	d := &Device{Name: p.Name, Files: map[string][]byte{}}
	var keys ledger.Keys
	var signer [32]byte
	for _, b := range []*[32]byte{&keys.Sign, &keys.Seal, &keys.Secret, &signer} {
		if _, err := rand.Read(b[:]); err != nil {
			return nil, fmt.Errorf("install: %w", err)
		}
	}
	d.Key = sign.NewKey(keys.Sign).Public()
	d.Files[card.Keys] = keys.Bytes()
	files, err := p.Enrol(p.Name, d.Key, p.Board.Kind.Pretended())
	if err != nil {
		return nil, err
	}
	for _, name := range []string{card.CA, card.Cert, card.CertKey} {
		if files[name] == nil {
			return nil, fmt.Errorf("install: the collector gave no %s", name)
		}
		d.Files[name] = files[name]
	}
	text := p.text(files["upload.toml"], sign.NewKey(signer).Public())
	d.Board = p.Board
	if err := config.Apply(card.Config, text, &d.Board); err != nil {
		return nil, err
	}
	d.Files[card.Config] = []byte(text)
	if !p.Board.Kind.Pretended() && !p.Until.IsZero() {
		signed, err := approval.Seal(sign.NewKey(signer), decision(&d.Board, p.From, p.Until))
		if err != nil {
			return nil, err
		}
		d.Files[card.Approval] = signed
	}
	return d, nil
}

// text is the configuration.
func (p *Plan) text(upload []byte, signer sign.Public) string {
	quoted := func(all []string) string {
		var out []string
		for _, s := range all {
			out = append(out, fmt.Sprintf("%q", s))
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	var hours, closed []string
	for _, h := range p.Hours {
		if day, ok := strings.CutPrefix(h, "closed "); ok {
			closed = append(closed, day)
		} else {
			hours = append(hours, h)
		}
	}
	clocks := p.Clocks
	if len(hours) == 0 {
		hours = []string{"mon-sun 00:00-24:00"}
	}
	if len(clocks) == 0 {
		clocks = []string{segment.Router + ":123", segment.Clock + ":123"}
	}
	top, more := p.More, "" // keys before the first table have to stand there
	if i := strings.Index("\n"+p.More, "\n["); i >= 0 {
		top, more = p.More[:i], p.More[i:]
	}
	text := fmt.Sprintf("device = %q\n%s\n%s\n[network]\nkind = \"dhcp\"\n\n[time]\nservers = %s\n\n[hours]\nopen = %s\nclosed = %s\n", p.Name, top, upload,
		quoted(clocks), quoted(hours), quoted(closed))
	if p.Board.Driver == "v4l2" { // the camera of the rig has 30 and 10 frames a second
		keys := cmp.Or(p.Camera, fmt.Sprintf("width = %d\nheight = %d\nfps = %d\n", door.Width, door.Height, door.Rate))
		text += fmt.Sprintf("\n[camera]\ndriver = \"v4l2\"\npath = %q\n%s", p.Board.Path, keys)
	}
	if !p.Board.Kind.Pretended() {
		text += fmt.Sprintf("\n[approval]\nsigner = %q\n", signer)
	}
	return text + "\n" + more
}

// decision approves exactly what the device is set to, at any hour.
func decision(b *boards.Board, from, until time.Time) *approval.Approval {
	a := &approval.Approval{Version: approval.Version, Decision: "rig-1", Purpose: "drawn people on an emulated board", Devices: []string{b.Device},
		From: from.Unix(), Until: until.Unix(), Assessment: "rig-1", K: uint8(max(b.Release.K, 3)), Interval: uint32(b.Interval / time.Second),
		Hours: approval.Hours{Zone: b.Release.Zone, Closed: []uint32{}}, Scene: approval.Scene{PersonArea: b.Scene.PersonArea, Lines: [][4]int32{}, Zones: [][]int32{}}}
	for range 7 {
		a.Hours.Days = append(a.Hours.Days, []uint16{0, 24 * 60})
	}
	for _, l := range b.Scene.Lines[:b.Scene.NLines] {
		a.Scene.Lines = append(a.Scene.Lines, [4]int32{l.A.X, l.A.Y, l.B.X, l.B.Y})
	}
	for _, z := range b.Scene.Zones[:b.Scene.NZones] {
		var corners []int32
		for _, c := range z.Corners[:z.N] {
			corners = append(corners, c.X, c.Y)
		}
		a.Scene.Zones = append(a.Scene.Zones, corners)
	}
	return a
}

// Copy copies an image to a new file, which has holes where the image has zeros.
func Copy(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("install: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("install: %w", err)
	}
	defer out.Close()
	b, zeros := make([]byte, 1<<16), make([]byte, 1<<16)
	for at := int64(0); ; {
		n, err := io.ReadFull(in, b)
		if n > 0 && !bytes.Equal(b[:n], zeros[:n]) {
			if _, err := out.WriteAt(b[:n], at); err != nil {
				return fmt.Errorf("install: %w", err)
			}
		}
		at += int64(n)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			if err := out.Truncate(at); err != nil {
				return fmt.Errorf("install: %w", err)
			}
			return nil
		case err != nil:
			return fmt.Errorf("install: %w", err)
		}
	}
}

// Put puts files into the folder of the device on the first partition of an image, in place of all that is there.
func Put(image string, files map[string][]byte) error {
	f, err := os.OpenFile(image, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("install: %w", err)
	}
	defer f.Close()
	start := card.Start()
	v, err := fat.Open(f, start.Start)
	if err != nil {
		return err
	}
	var all []fat.File
	err = fs.WalkDir(v, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(strings.ToLower(name), card.Device+"/") {
			return err
		}
		b, err := fs.ReadFile(v, name)
		all = append(all, fat.File{Path: name, Data: b})
		return err
	})
	if err != nil {
		return fmt.Errorf("install: %w", err)
	}
	for name, data := range files {
		all = append(all, fat.File{Path: path.Join(card.Device, name), Data: data})
	}
	return fat.Write(f, start.Start, start.Size, v.Label(), v.Serial(), all)
}
