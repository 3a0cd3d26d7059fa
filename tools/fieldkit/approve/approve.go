// Package approve is for the person who decides that a camera may count: it makes their key, signs what they
// decided for a device as its configuration has it, and shows it in plain words. It decides nothing, talks to
// no device, and what it signs holds nothing of people. The device checks it with privacy/approval.
package approve

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	_ "time/tzdata" // hours are those of the place, wherever this runs

	"tellijn/boards"
	"tellijn/firmware/config"
	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/command"
)

const about = `approve is for the person who decides that a camera may count:

  fieldkit approve key  -o approver.key
  fieldkit approve sign -key approver.key -board rpi-zero-2w -config north-door.toml -decision "CvB 2026/114" -purpose "How full the hall is" \
                        -from 2026-12-01 -until 2027-11-30 -assessment DPIA-2026-7 -o approval.cose
  fieldkit approve show -board rpi-zero-2w -config north-door.toml approval.cose

key makes a private key and prints the public one, which goes into the configuration of each device. sign takes
hours, lines and zones from the configuration: what stands there is what is approved. show says it in English and
Dutch, and whether that device would count under it.`

// Command is the subcommand.
func Command() command.Command {
	return command.Command{Name: "approve", Line: "signs that a camera may count, and shows what was signed", Run: run}
}

func run(_ context.Context, args []string, out, errOut io.Writer) error {
	verb := ""
	if len(args) > 0 {
		verb, args = args[0], args[1:]
	}
	switch verb {
	case "key":
		return makeKey(args, out, errOut)
	case "sign":
		return signOne(args, out, errOut)
	case "show":
		return show(args, out, errOut)
	case "-h", "-help", "--help", "help":
		fmt.Fprintln(errOut, about)
		return flag.ErrHelp
	}
	return command.Usage("approve", "%q, want key, sign or show", verb)
}

// keyLine begins the line of a key file that holds the seed.
const keyLine = "seed = "

// makeKey makes a private key. It never overwrites one: what was signed with it could not be signed again.
func makeKey(args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("approve", flag.ContinueOnError)
	path := f.String("o", "", "`file` for the private key")
	if err := command.Parse(f, about, args, errOut); err != nil {
		return err
	}
	if *path == "" {
		return command.Usage("approve", "key wants -o")
	}
	var seed [32]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return fmt.Errorf("approve: %w", err)
	}
	file, err := os.OpenFile(*path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("approve: %s is there already, and a key is never overwritten; want another name", *path)
	}
	if err != nil {
		return fmt.Errorf("approve: %w", err)
	}
	_, err = fmt.Fprintf(file, "# Whoever has this file can approve cameras in your name. Keep it off devices, and keep a copy in a safe.\n%s%x\n", keyLine, seed)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		os.Remove(*path) // half a key is none
		return fmt.Errorf("approve: %w", err)
	}
	fmt.Fprintf(out, "[approval]\nsigner = %q\n", sign.NewKey(seed).Public())
	fmt.Fprintf(errOut, "%s is private. The two lines above go into the configuration of each device.\n", *path)
	return nil
}

// readKey reads a private key.
func readKey(path string) (sign.Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return sign.Key{}, fmt.Errorf("approve: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if s, ok := strings.CutPrefix(strings.TrimSpace(line), keyLine); ok {
			if b, err := hex.DecodeString(s); err == nil && len(b) == 32 {
				return sign.NewKey([32]byte(b)), nil
			}
		}
	}
	return sign.Key{}, fmt.Errorf("approve: %s is no private key; fieldkit approve key -o FILE makes one", path)
}

// device is a board with the configuration of a device laid over it.
func device(board, path string) (boards.Board, error) {
	if board == "" {
		return boards.Board{}, command.Usage("approve", "-board is missing, such as rpi-zero-2w")
	}
	b, err := boards.Lookup(board)
	if err == nil && path != "" {
		err = config.Load(path, &b)
	}
	return b, err
}
