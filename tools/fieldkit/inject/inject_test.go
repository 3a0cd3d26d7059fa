package inject_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"tellijn/boards"
	"tellijn/boards/card"
	"tellijn/firmware/upload/peer"
	"tellijn/firmware/warden/gate"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/approval"
	"tellijn/privacy/sign"
	"tellijn/tools/collector/certs"
	"tellijn/tools/fieldkit/approve"
	"tellijn/tools/fieldkit/cardtest"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/fieldkit/inject"
)

func now() time.Time { return time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC) }

const receipts = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

func conf(more string) string {
	return "device = \"north-door\"\n" + more + "\n[upload]\nkind = \"https\"\naddress = \"counts.example.edu:8443\"\nreceipts = \"" + receipts + "\"\n"
}

func authority(t *testing.T) []byte {
	t.Helper()
	p, err := certs.NewAuthority(now())
	if err != nil {
		t.Fatal(err)
	}
	return p.Certificate
}

func input(t *testing.T, board, config string) *inject.Input {
	t.Helper()
	b, err := boards.Lookup(board)
	if err != nil {
		t.Fatal(err)
	}
	return &inject.Input{Board: b, Name: "north-door.toml", Config: []byte(config), CA: authority(t), Random: rand.Reader, Now: now()}
}

func file(d *inject.Device, name string) []byte {
	i := slices.IndexFunc(d.Files, func(f fat.File) bool { return f.Path == card.Device+"/"+name })
	if i < 0 {
		return nil
	}
	return d.Files[i].Data
}

// What is made is what the programs of the device take.
func TestMake(t *testing.T) {
	in := input(t, "virt", conf(""))
	in.WiFi = []byte("kind = \"psk\"\n")
	d, err := inject.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	k, err := ledger.ParseKeys(file(d, card.Keys))
	if err != nil || sign.NewKey(k.Sign).Public() != d.Sign || d.Board.Device != "north-door" || !bytes.Equal(file(d, card.WiFi), in.WiFi) || len(d.Doubts) != 0 {
		t.Errorf("%v, %q", err, d.Doubts)
	}
	if _, err := peer.Parse(file(d, card.CA), file(d, card.Cert), file(d, card.CertKey)); err != nil {
		t.Error(err)
	}
	c, err := certs.Parse(file(d, card.Cert))
	if err != nil || certs.Fingerprint(c) != d.Certificate || c.Subject.CommonName != "north-door" {
		t.Error(err)
	}
	other, err := inject.Make(in)
	if err != nil || other.Sign == d.Sign || other.Seal == d.Seal || other.Certificate == d.Certificate {
		t.Error("two devices that are one", err)
	}
	d.Forget()
	if slices.Max(file(d, card.Keys)) != 0 || slices.Max(file(d, card.CertKey)) != 0 || len(file(d, card.Config)) == 0 {
		t.Error("secrets stay")
	}
}

// again gives the same byte for ever.
type again byte

func (a again) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(a)
	}
	return len(b), nil
}

func TestRefuses(t *testing.T) {
	for name, change := range map[string]func(in *inject.Input){
		"no configuration": func(in *inject.Input) { in.Config = nil },
		"unknown key":      func(in *inject.Input) { in.Config = []byte("devise = \"a\"\n") },
		"no authority":     func(in *inject.Input) { in.CA = nil },
		"a wrong one":      func(in *inject.Input) { in.CA = []byte("x") },
		"an ended one":     func(in *inject.Input) { in.Now = now().AddDate(certs.AuthorityYears, 0, 1) },
		"a device's own": func(in *inject.Input) {
			p, _ := certs.Alone("x", now(), rand.Reader)
			in.CA = p.Certificate
		},
		"empty Wi-Fi": func(in *inject.Input) { in.WiFi = []byte("\n") },
	} {
		in := input(t, "virt", conf(""))
		change(in)
		if _, err := inject.Make(in); !errors.Is(err, inject.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, r := range map[string]io.Reader{"no randomness": iotest.ErrReader(io.ErrNoProgress), "zeros": again(0), "the same for ever": again(7), "little": strings.NewReader("abc")} {
		in := input(t, "virt", conf(""))
		in.Random = r
		if _, err := inject.Make(in); err == nil || errors.Is(err, inject.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What an installer should know is said in words, and does not stop the card.
func TestDoubts(t *testing.T) {
	key := sign.NewKey([32]byte{5})
	const real = "[approval]\nsigner = "
	named := real + "\"" + key.Public().String() + "\"\n[release]\nzone = \"Europe/Amsterdam\""
	approved := func(in *inject.Input, from, until time.Time, signer sign.Key) []byte {
		probe := *in
		d, err := inject.Make(&probe)
		if err != nil {
			t.Fatal(err)
		}
		s, err := gate.Of(&d.Board, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := approval.Seal(signer, &approval.Approval{Version: approval.Version, Decision: "2027-1", Purpose: "to open a second door in time", Devices: []string{"north-door"},
			From: from.Unix(), Until: until.Unix(), Hours: gate.Form(s.Week, s.Zone), Scene: approval.SceneOf(&d.Board.Scene), K: uint8(s.Board.K), Interval: uint32(s.Board.Interval / time.Second), Assessment: "DPIA-1"})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		board, config string
		approve       func(in *inject.Input) []byte
		says          string // "" for nothing
	}{
		"a pretended board":   {"virt", conf(""), nil, ""},
		"no approval":         {"rpi-zero-2w", conf(named), nil, "no approval"},
		"approved":            {"rpi-zero-2w", conf(named), func(in *inject.Input) []byte { return approved(in, now().Add(-day), now().Add(day), key) }, ""},
		"approved from later": {"rpi-zero-2w", conf(named), func(in *inject.Input) []byte { return approved(in, now().Add(day), now().Add(2*day), key) }, "begins later"},
		"ended":               {"rpi-zero-2w", conf(named), func(in *inject.Input) []byte { return approved(in, now().Add(-2*day), now().Add(-day), key) }, "has ended"},
		"by somebody": {"rpi-zero-2w", conf(named), func(in *inject.Input) []byte {
			return approved(in, now().Add(-day), now().Add(day), sign.NewKey([32]byte{6}))
		}, "not signed by whom"},
		"for tests": {"rpi-zero-2w", conf(named), func(in *inject.Input) []byte {
			b, err := approve.ForTests(&in.Board)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}, "one for tests"},
		"no approval at all": {"rpi-zero-2w", conf(named), func(*inject.Input) []byte { return []byte("hello") }, "cannot be read"},
		"mqtt":               {"virt", strings.Replace(conf(""), "https", "mqtt", 1), nil, "broker"},
		"nowhere":            {"virt", "device = \"north-door\"\n", nil, "nothing will ever leave"},
	} {
		in := input(t, c.board, c.config)
		if c.approve != nil {
			in.Approval = c.approve(in)
		}
		d, err := inject.Make(in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if said := strings.Join(d.Doubts, "\n"); (said == "") != (c.says == "") || !strings.Contains(said, c.says) {
			t.Errorf("%s: %q", name, d.Doubts)
		}
		if !bytes.Equal(file(d, card.Approval), in.Approval) {
			t.Errorf("%s: another approval", name)
		}
	}
}

func TestCompose(t *testing.T) {
	f, err := os.Open(cardtest.Image(t, "virt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := inject.BoardOf(f)
	if err != nil || b.Name != "virt" {
		t.Fatal(b.Name, err)
	}
	in := input(t, "virt", conf(""))
	d, err := inject.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	composed, err := inject.Compose(f, d.Files)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Check(composed, b); err != nil {
		t.Fatal(err)
	}
	if err := d.Check(f, b); err == nil {
		t.Error("the image itself is taken for the card of the device")
	}
	p, err := fat.Open(composed, card.Start().Start)
	if err != nil || p.Label() != "START" || p.Serial() != 7 {
		t.Fatal(err)
	}
	for name, want := range map[string]string{card.Autoboot: "[all]\n", "README.txt": "a card\n"} {
		if got, err := p.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	// Outside of the partition it is the image, wherever a read begins and ends.
	whole, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	part := card.Start()
	for _, span := range [][2]int64{{0, part.Start}, {part.Start + part.Size, cardtest.Size}, {part.Start - 100, part.Start + 100}, {part.Start + part.Size - 70_000, part.Start + part.Size + 70_000}} {
		got := make([]byte, span[1]-span[0])
		if _, err := composed.ReadAt(got, span[0]); err != nil {
			t.Fatal(span, err)
		}
		for i, c := range got {
			if at := span[0] + int64(i); (at < part.Start || at >= part.Start+part.Size) && c != whole[at] {
				t.Fatalf("byte %d is another", at)
			}
		}
	}
	// In pieces of any size it is the same.
	whole = make([]byte, part.Size)
	if _, err := composed.ReadAt(whole, part.Start); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{1000, 64<<10 + 1, 4 << 20} {
		for at := int64(0); at < part.Size; at += size {
			got := make([]byte, min(size, part.Size-at))
			if _, err := composed.ReadAt(got, part.Start+at); err != nil || !bytes.Equal(got, whole[at:at+int64(len(got))]) {
				t.Fatalf("%d bytes at %d are others: %v", len(got), at, err)
			}
		}
	}
	// A card that lost, changed or gained one file is noticed.
	for name, change := range map[string]func(all []fat.File) []fat.File{
		"lost": func(all []fat.File) []fat.File { return all[1:] },
		"changed": func(all []fat.File) []fat.File {
			all[1].Data = append([]byte{^all[1].Data[0]}, all[1].Data[1:]...)
			return all
		},
		"gained": func(all []fat.File) []fat.File {
			return append(all, fat.File{Path: "device/old.key", Data: []byte("x")})
		},
	} {
		other, err := inject.Compose(f, change(slices.Clone(d.Files)))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Check(other, b); err == nil {
			t.Errorf("%s: nobody noticed", name)
		}
	}
	if _, err := inject.Compose(f, []fat.File{{Path: "device/large", Data: make([]byte, 70<<20)}}); err == nil {
		t.Error("more than fits")
	}
	if _, err := inject.Compose(bytes.NewReader(make([]byte, 5<<20)), d.Files); !errors.Is(err, inject.ErrInput) {
		t.Error(err)
	}
	for name, path := range map[string]string{"no image": filepath.Join(t.TempDir(), "x"), "another board": cardtest.Image(t, "none")} {
		if name == "no image" {
			if err := os.WriteFile(path, make([]byte, 70<<20), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		g, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := inject.BoardOf(g); err == nil {
			t.Error(name)
		}
		g.Close()
	}
}
