//go:build hostile && linux

package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"syscall"

	"golang.org/x/sys/unix"

	"tellijn/privacy/sandbox/eyes"
	"tellijn/privacy/wire"
	"tellijn/tools/proof/attacks/codes"
)

// loose are attacks on what the warden says and keeps: an eye that nothing holds in puts the first
// pixels of a frame into everything that it may choose.
func loose() map[string]func(*attack) error {
	say := func(text func([]byte) string) func(*attack) error {
		return func(a *attack) error {
			_, _ = unix.Write(eyes.FdWords, []byte("eye: "+text(a.frame[:codes.Pixels])+"\n"))
			syscall.Exit(4) // with a code of an honest eye, which the warden tells about
			return nil
		}
	}
	word := func(a *attack, at int) uint32 { return binary.LittleEndian.Uint32(a.frame[at:]) }
	all := map[string]func(*attack) error{
		"raw":    say(func(b []byte) string { return string(b) }),
		"hex":    say(hex.EncodeToString),
		"base64": say(base64.StdEncoding.EncodeToString),
		"code":   func(a *attack) error { syscall.Exit(int(a.frame[0])); return nil },
	}
	for name, turn := range map[string]func(*attack, *wire.Message){
		"number": func(a *attack, m *wire.Message) { m.Tally.Number = word(a, 0) },
		"span":   func(a *attack, m *wire.Message) { m.Tally.From, m.Tally.To = word(a, 0), word(a, 4) },
		"cycles": func(a *attack, m *wire.Message) { m.Tally.Cycles, m.Tally.Damaged = word(a, 0), word(a, 4) },
		"drops":  func(a *attack, m *wire.Message) { m.Tally.Dropped = word(a, 0) },
		"lifetime": func(a *attack, m *wire.Message) {
			m.Tally.Lifetime.Worst, m.Tally.Lifetime.P999 = word(a, 0), word(a, 4)
		},
		"quality": func(a *attack, m *wire.Message) { m.Tally.Quality = word(a, 0) },
		"lines":   func(a *attack, m *wire.Message) { m.Tally.Lines[0].Forward = word(a, 0) },
	} {
		all[name] = func(a *attack) error { return told(func(m *wire.Message) { turn(a, m) })(a) }
	}
	out := map[string]func(*attack) error{}
	for name, do := range all {
		out[codes.Loose+name] = do
	}
	return out
}
