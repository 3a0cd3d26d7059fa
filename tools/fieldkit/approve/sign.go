package approve

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tellijn/firmware/warden/gate"
	"tellijn/privacy/approval"
	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/command"
)

// signOne signs one decision.
func signOne(args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("approve", flag.ContinueOnError)
	keyPath := f.String("key", "", "private key of whoever decides (`file`)")
	board := f.String("board", "", "`name` of the board, such as rpi-zero-2w")
	conf := f.String("config", "", "configuration of the device (`file`), with the hours and lines that are approved")
	also := f.String("also", "", "further `devices` with the very same lines and hours, with commas")
	decision := f.String("decision", "", "`number` of the decision in your books")
	purpose := f.String("purpose", "", "what it counts for, in plain `words`")
	from := f.String("from", "", "first `day`, such as 2026-12-01")
	until := f.String("until", "", "last `day`, at most a year later")
	assessment := f.String("assessment", "", "`number` of the assessment (DPIA) that it rests on")
	test := f.Bool("test", false, "for tests: no real device takes it")
	to := f.String("o", "", "`file` to write")
	if err := command.Parse(f, about, args, errOut); err != nil {
		return err
	}
	for _, must := range []string{"key", "board", "decision", "purpose", "from", "until", "assessment", "o"} {
		if f.Lookup(must).Value.String() == "" {
			return command.Usage("approve", "sign wants -%s", must)
		}
	}
	key, err := readKey(*keyPath)
	if err != nil {
		return err
	}
	b, err := device(*board, *conf)
	if err != nil {
		return err
	}
	if named := b.Approval.Signer; named != "" && named != key.Public().String() {
		return fmt.Errorf("approve: the configuration takes approvals of %s, but this key is %s; want the key of whoever decides there", named, key.Public())
	}
	b.Approval.Signer = key.Public().String()
	s, err := gate.Of(&b, nil)
	if err != nil {
		return err
	}
	first, last, err := days(*from, *until, s.Place)
	if err != nil {
		return err
	}
	a := approval.Approval{Version: approval.Version, Decision: *decision, Purpose: *purpose, Devices: []string{b.Device}, From: first.Unix(), Until: last.Unix(),
		Hours: gate.Form(s.Week, s.Zone), Scene: approval.SceneOf(&b.Scene), K: uint8(s.Board.K), Interval: uint32(b.Interval / time.Second),
		Assessment: *assessment, Test: *test}
	for _, d := range strings.Split(*also, ",") {
		if d = strings.TrimSpace(d); d != "" {
			a.Devices = append(a.Devices, d)
		}
	}
	signed, err := approval.Seal(key, &a)
	if err != nil {
		return err
	}
	// Nothing is written that this device would not take, tests apart.
	s.Signed = signed
	if d := gate.New(s).Decide(first, true); d.Why.Approval() && !*test {
		return fmt.Errorf("approve: this device would not count under it: %v", d.Why)
	}
	if err := write(*to, signed); err != nil {
		return err
	}
	tell(out, &a, signed, key.Public())
	fmt.Fprintf(errOut, "%s is signed. It goes onto the card: fieldkit flash -approval %s\n", *to, *to)
	return nil
}

// days reads the first and the last day, and gives the first second of the one and the first after the other.
func days(from, until string, place *time.Location) (first, after time.Time, err error) {
	for _, d := range []struct {
		flag, text string
		add        int
		to         *time.Time
	}{{"from", from, 0, &first}, {"until", until, 1, &after}} {
		day, err := time.Parse(time.DateOnly, d.text)
		if err != nil {
			return first, after, command.Usage("approve", "-%s %q, want a day such as 2026-12-01", d.flag, d.text)
		}
		*d.to = time.Date(day.Year(), day.Month(), day.Day()+d.add, 0, 0, 0, 0, place)
	}
	return first, after, nil
}

// write puts a file at its place whole or not at all.
func write(path string, b []byte) error {
	t, err := os.CreateTemp(filepath.Dir(path), ".approval-")
	if err != nil {
		return fmt.Errorf("approve: %w", err)
	}
	defer os.Remove(t.Name())
	_, err = t.Write(b)
	for _, then := range []func() error{t.Sync, t.Close, func() error { return os.Chmod(t.Name(), 0o644) }, func() error { return os.Rename(t.Name(), path) }} {
		if e := then(); err == nil {
			err = e
		}
	}
	if err != nil {
		return fmt.Errorf("approve: %w", err)
	}
	return nil
}

// show shows an approval, and what it is worth for a device.
func show(args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("approve", flag.ContinueOnError)
	board := f.String("board", "", "`name` of the board, such as rpi-zero-2w")
	conf := f.String("config", "", "configuration of the device (`file`)")
	day := f.String("on", "", "`day` to ask for, such as 2026-12-01; empty for today")
	rest, err := command.ParseSome(f, about, args, errOut)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return command.Usage("approve", "show wants one file behind its flags")
	}
	signed, err := os.ReadFile(rest[0])
	if err != nil {
		return fmt.Errorf("approve: %w", err)
	}
	b, err := device(*board, *conf)
	if err != nil {
		return err
	}
	s, err := gate.Of(&b, signed)
	if err != nil {
		return err
	}
	now := time.Now()
	if *day != "" {
		if now, _, err = days(*day, *day, s.Place); err != nil {
			return err
		}
		now = now.Add(12 * time.Hour)
	}
	a, r := approval.Open(signed, &s.Board)
	if r == approval.Valid {
		tell(out, a, signed, signer(signed, s.Board.Signer))
		r, _, _ = gate.New(s).Approval(now, true)
	}
	if r != approval.Valid {
		return fmt.Errorf("approve: %s would not count under %s: %v; %s", b.Device, filepath.Base(rest[0]), r, r.Hint())
	}
	fmt.Fprintf(out, "%s may count under it on %s.\n%s mag ermee tellen op %s.\n", b.Device, english().date(now.In(s.Place)), b.Device, dutch().date(now.In(s.Place)))
	return nil
}

// signer is whose key it was: the one that is configured, or that of tests.
func signer(signed []byte, configured sign.Public) sign.Public {
	if _, err := sign.Open(sign.Approval, configured, signed); err == nil {
		return configured
	}
	return approval.TestKey()
}
