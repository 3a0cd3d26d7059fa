package paper_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/privacy/privacytest/cddl"
	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/wipe/paper"
)

func certificate() *paper.Certificate {
	return &paper.Certificate{Version: paper.Version, Device: "north-door", Board: "rpi-zero-2w", Key: [32]byte{1, 2, 3}, At: 1_803_888_000, Reason: "the hall is rebuilt",
		Model: "SL08G", Size: 8 << 30, Work: paper.Work{Discarded: 8 << 30, Zeroed: 8 << 30, Read: 8 << 30}, Search: paper.Search{Pieces: 900, Before: 850},
		Export: paper.Export{Sum: [32]byte{9}, Records: 12, Entries: 34, Doubts: 1}, Seconds: 7300, Firmware: [][32]byte{{7}}, Whole: true}
}

func key() sign.Key { return sign.NewKey([32]byte{42}) }

func TestSigned(t *testing.T) {
	c := certificate()
	b, err := paper.Sign(key(), c)
	if err != nil {
		t.Fatal(err)
	}
	got, err := paper.Open(key().Public(), b)
	if err != nil || got.Text(key().Public()) != c.Text(key().Public()) {
		t.Errorf("%+v, %v", got, err)
	}
	for i := range b {
		bad := bytes.Clone(b)
		bad[i] ^= 1
		if _, err := paper.Open(key().Public(), bad); err == nil {
			t.Fatalf("byte %d was changed and nobody noticed", i)
		}
	}
	if _, err := paper.Open(sign.NewKey([32]byte{43}).Public(), b); !errors.Is(err, sign.ErrSignature) {
		t.Error(err)
	}
	payload, _ := paper.Encode(c)
	other, _ := key().Sign(sign.Receipt, payload)
	if _, err := paper.Open(key().Public(), other); !errors.Is(err, sign.ErrInvalid) {
		t.Error("signed as something else:", err)
	}
}

func TestLaw(t *testing.T) {
	text, err := os.ReadFile("certificate.cddl")
	if err != nil {
		t.Fatal(err)
	}
	s, err := cddl.Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	none := &paper.Certificate{Version: 1, At: 1_803_888_000, Reason: "x", Size: 512, Work: paper.Work{Unwritten: 512, Unread: 512}, Firmware: [][32]byte{}}
	for _, c := range []*paper.Certificate{certificate(), none} {
		b, err := paper.Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check("certificate", b); err != nil {
			t.Error(err)
		}
	}
}

func TestCheck(t *testing.T) {
	for name, change := range map[string]func(c *paper.Certificate){
		"version": func(c *paper.Certificate) { c.Version = 2 }, "device": func(c *paper.Certificate) { c.Device = "A" }, "board": func(c *paper.Certificate) { c.Board = "../a" },
		"no time": func(c *paper.Certificate) { c.At = 0 }, "no reason": func(c *paper.Certificate) { c.Reason = "" }, "a line more": func(c *paper.Certificate) { c.Reason = "a\nb" },
		"long": func(c *paper.Certificate) { c.Reason = strings.Repeat("é", 201) }, "no text": func(c *paper.Certificate) { c.Reason = "\xff" }, "model": func(c *paper.Certificate) { c.Model = strings.Repeat("a", 65) },
		"no card": func(c *paper.Certificate) { c.Size, c.Work, c.Whole = 0, paper.Work{}, false }, "more than there is": func(c *paper.Certificate) { c.Work.Zeroed++ },
		"no list": func(c *paper.Certificate) { c.Firmware = nil }, "many": func(c *paper.Certificate) { c.Firmware = make([][32]byte, 17) },
		"found more": func(c *paper.Certificate) { c.Search.Before = 901 }, "discarded more": func(c *paper.Certificate) { c.Work.Discarded++ },
		// Whole is what was seen to be whole.
		"one byte unwritten": func(c *paper.Certificate) { c.Work.Zeroed--; c.Work.Unwritten++ }, "one byte not written": func(c *paper.Certificate) { c.Work.Zeroed-- },
		"one byte unread": func(c *paper.Certificate) { c.Work.Read--; c.Work.Unread++ }, "one byte left": func(c *paper.Certificate) { c.Work.Left++ },
		"one piece found": func(c *paper.Certificate) { c.Search.After++ }, "not read": func(c *paper.Certificate) { c.Work.Read = 0 },
	} {
		c := certificate()
		change(c)
		if _, err := paper.Sign(key(), c); !errors.Is(err, paper.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The words say everything, what cannot be promised too, and never whole of what is not.
func TestWords(t *testing.T) {
	c := certificate()
	text := c.Text(key().Public())
	for _, must := range []string{"north-door", "rpi-zero-2w", "the hall is rebuilt", "8589934592 bytes", "850 were found before, 0 afterwards", "12 records and 34 entries", "ran at least 2 hours; firmware 0700000000000000; card 8.6 GB",
		"What no program reaches", "worn blocks", key().Public().String(), "wiped whole on 2027-03-01", "Camera device"} {
		if !strings.Contains(text, must) {
			t.Errorf("%q is missing in\n%s", must, text)
		}
	}
	c.Whole, c.Device, c.Board, c.Model, c.Key, c.Work.Discarded = false, "", "", "", [32]byte{}, 0
	c.Work.Left, c.Firmware = 4096, [][32]byte{}
	text = c.Text(key().Public())
	if strings.Contains(text, "wiped whole on") || !strings.Contains(text, "NOT WIPED WHOLE") || !strings.Contains(text, "Destroy it by hand") || strings.Count(text, "not known") < 6 ||
		!strings.Contains(text, "does not take the command") || !strings.Contains(text, "4096 were not zero") {
		t.Error(text)
	}
}

func TestPDF(t *testing.T) {
	a, err := certificate().PDF(key().Public())
	b, err2 := certificate().PDF(key().Public())
	if err != nil || err2 != nil || !bytes.Equal(a, b) {
		t.Fatal("another paper of the same certificate", err, err2)
	}
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, a, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", path, "-").CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("pdftotext of poppler-utils is not here")
	}
	said := strings.Join(strings.Fields(string(out)), " ")
	if err != nil || !strings.Contains(said, "north-door") || !strings.Contains(said, "wiped whole") || !strings.Contains(said, "worn blocks aside") || strings.Count(string(out), "\f") != 1 {
		t.Errorf("%v: %s", err, out)
	}
}

func FuzzDecode(f *testing.F) {
	good, err := paper.Encode(certificate())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte{0xa0})
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := paper.Decode(b)
		if err != nil {
			if !errors.Is(err, paper.ErrInvalid) {
				t.Error(err)
			}
			return
		}
		if again, err := paper.Encode(c); err != nil || !bytes.Equal(again, b) {
			t.Error("another spelling", err)
		}
	})
}
