package rtc

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tellijn/hal"
)

// TestFields has what the kernel may give; only what is a date of these years is a time.
func TestFields(t *testing.T) {
	for _, tc := range []struct {
		f    fields
		want string // "" is ErrLost
	}{
		{fields{59, 58, 23, 31, 11, 126}, "2026-12-31T23:58:59Z"},
		{fields{0, 0, 0, 29, 1, 128}, "2028-02-29T00:00:00Z"},
		{fields{0, 0, 0, 29, 1, 127}, ""}, // no leap year
		{fields{0, 0, 0, 31, 5, 126}, ""}, // June has 30
		{fields{0, 0, 0, 1, 0, 70}, ""},   // 1970: as many clocks begin
		{fields{0, 0, 0, 1, 0, 100}, ""},  // 2000: others
		{fields{0, 0, 0, 31, 11, 125}, ""},
		{fields{0, 0, 0, 1, 0, 200}, ""},
		{fields{0, 0, 0, 0, 0, 0}, ""},
		{fields{60, 0, 0, 1, 0, 126}, ""},
		{fields{0, 60, 0, 1, 0, 126}, ""},
		{fields{0, 0, 24, 1, 0, 126}, ""},
		{fields{0, 0, 0, 1, 12, 126}, ""},
		{fields{0, 0, 0, 1, -1, 127}, ""},
		{fields{-1, -1, -1, -1, -1, -1}, ""},
	} {
		got, err := tc.f.time()
		switch {
		case tc.want == "" && (!errors.Is(err, ErrLost) || !got.IsZero()):
			t.Errorf("%+v: %v, %v, want ErrLost", tc.f, got, err)
		case tc.want != "" && (err != nil || got.Format(time.RFC3339) != tc.want):
			t.Errorf("%+v: %v, %v, want %s", tc.f, got, err, tc.want)
		}
	}
}

// TestBothWays has every second of these years come back, from any zone.
func TestBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, to := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(lastYear, 12, 31, 23, 59, 59, 0, time.UTC)
		at := time.Unix(rapid.Int64Range(from.Unix(), to.Unix()).Draw(t, "at"), 0).In(time.FixedZone("", rapid.IntRange(-14*3600, 14*3600).Draw(t, "zone")))
		got, err := of(at).time()
		if err != nil || !got.Equal(at) || Check(at) != nil {
			t.Fatalf("%v: %v, %v, %v", at, got, err, Check(at))
		}
	})
}

func TestAbsent(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "rtc")); !errors.Is(err, hal.ErrAbsent) {
		t.Errorf("%v, want hal.ErrAbsent", err)
	}
	if runtime.GOOS != "linux" {
		return
	}
	d, err := Open(os.DevNull) // can be opened, and is none
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if got, err := d.Read(); err == nil || errors.Is(err, ErrLost) || !got.IsZero() {
		t.Errorf("%v, %v, want an error of the kernel", got, err)
	}
	if err := d.Set(time.Unix(0, 0)); !errors.Is(err, ErrLost) {
		t.Errorf("set to 1970: %v, want ErrLost", err)
	}
	if err := d.Set(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)); err == nil || errors.Is(err, ErrLost) {
		t.Errorf("%v, want an error of the kernel", err)
	}
}
