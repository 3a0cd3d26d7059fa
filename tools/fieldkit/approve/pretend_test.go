package approve

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"
	_ "time/tzdata"

	"tellijn/boards"
	"tellijn/firmware/warden/gate"
	"tellijn/privacy/approval"
)

var update = flag.Bool("update", false, "write the test approvals of the boards and the golden files anew")

// TestPretended holds each board that pretends against the test approval beside it, and sees that no real
// board takes one. With -update it writes them.
func TestPretended(t *testing.T) {
	all, err := boards.All()
	if err != nil {
		t.Fatal(err)
	}
	pretended := 0
	for _, b := range all {
		if !b.Kind.Pretended() {
			for _, other := range []string{"sim", "virt"} {
				refused(t, b, boards.Approval(other))
			}
			if boards.Approval(b.Name) != nil {
				t.Errorf("%s is real and has an approval in the source", b.Name)
			}
			continue
		}
		pretended++
		want, err := ForTests(&b)
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(filepath.Join("..", "..", "..", "boards", b.Name, "approval.cose"), want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(boards.Approval(b.Name), want) {
			t.Errorf("%s: the approval beside the board is not the one for it; run this test with -update, twice", b.Name)
		}
		// Whatever a configuration makes of the board, now and in fifty years.
		b.Device, b.Scene.PersonArea, b.Release.Zone, b.Release.K, b.Interval = "door-7", 999, "Australia/Lord_Howe", 200, time.Hour
		s, err := gate.Of(&b, boards.Approval(b.Name))
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int64{1_580_000_000, 1_795_000_000, 3_370_000_000} {
			if d := gate.New(s).Decide(time.Unix(at, 0), true); !d.Open {
				t.Errorf("%s at %v: %v", b.Name, time.Unix(at, 0).UTC(), d.Why)
			}
		}
		if d := gate.New(s).Decide(time.Unix(1_795_000_000, 0), false); d.Open || d.Why != gate.NoTime {
			t.Errorf("%s opens without time: %v", b.Name, d.Why)
		}
		b.Kind = boards.Real
		refused(t, b, boards.Approval(b.Name))
	}
	if pretended < 2 {
		t.Errorf("%d boards pretend", pretended)
	}
	if boards.Approval("../sim") != nil || boards.Approval("") != nil {
		t.Error("an approval of no board")
	}
}

// refused sees that a real board does not open for a test approval, also if it names the public key.
func refused(t *testing.T, b boards.Board, signed []byte) {
	t.Helper()
	for _, signer := range []string{"", approval.TestKey().String()} {
		b.Approval.Signer = signer
		s, err := gate.Of(&b, signed)
		if err != nil {
			t.Fatal(err)
		}
		if d := gate.New(s).Decide(time.Unix(1_795_000_000, 0), true); d.Open || d.Why != gate.NoApproval {
			t.Errorf("%s with signer %q: %v", b.Name, signer, d.Why)
		}
	}
}
