// Package first is the warden as the first process of a board: it mounts, finds the card, repairs what can be
// repaired, starts the warden's other half and the scout, and switches off in order. It never counts, sees no
// frame, tally, record or key, links no network, and answers nobody: there is no shell behind it, no login and
// no port. What it has to say goes to the kernel's log, which is the console.
package first

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"tellijn/boards"
	"tellijn/boards/card"
	"tellijn/boards/plan"
	"tellijn/firmware/config"
	"tellijn/firmware/warden/first/device"
	"tellijn/firmware/warden/signs"
)

// Codes by which the warden ends to ask for more than a new start.
const (
	PowerOff = 64
	Reboot   = 65
)

// Setup is what the program knows.
type Setup struct {
	Made int64 // when this version was made, Unix seconds
}

// Chosen tells whether this process is the first of a board: number one, started by the kernel under this name.
// In a container, where some other program may be number one as well, it is not.
func Chosen(pid int, args []string) bool { return pid == 1 && len(args) > 0 && args[0] == "/init" }

// check reads what is said of this device. A configuration that cannot be is an error with a hint; whatever
// a decoder does with a damaged one, the first process goes on.
func check(name, path string) (b boards.Board, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("first: reading the configuration: %v", p)
		}
	}()
	if b, err = boards.Lookup(name); err != nil {
		return b, err
	}
	if path == "" {
		return b, fmt.Errorf("first: no %s in the folder %s of the card's first partition; go run ./tools/fieldkit flash puts it there", card.Config, card.Device)
	}
	return b, config.Load(path, &b)
}

// common are the arguments that every run of the warden has.
func common(board string) []string {
	return []string{"-board", board, "-config", filepath.Join(card.CardDir, card.Device, card.Config), "-dir", card.OwnDir}
}

// wardenArgs are those of the starter.
func wardenArgs(board, folder string) []string {
	args := append(common(board), "-eye", card.Programs+"/eye", "-courier", card.Programs+"/courier", "-dialer", card.Programs+"/dialer")
	if path := device.There(folder, card.Approval); path != "" {
		args = append(args, "-approval", path)
	}
	return args
}

// signArgs have the warden show on its lamp why nothing counts, and no more.
func signArgs(board string, sign signs.Sign) []string {
	return []string{"-board", board, "-sign", strconv.Itoa(int(sign))}
}

// scoutArgs tells the scout what network there is and whom to ask for the time.
func scoutArgs(b *boards.Board, folder string, floor int64) []string {
	args := []string{"-network", networkKind(b.Network), "-floor", strconv.FormatInt(floor, 10)}
	for _, f := range []struct{ name, value string }{
		{"interface", b.Network.Interface}, {"address", b.Network.Address}, {"gateway", b.Network.Gateway}, {"names", strings.Join(b.Network.Names, ",")},
		{"rtc", b.Parts.Clock}, {"wifi", device.There(folder, card.WiFi)},
	} {
		if f.value != "" {
			args = append(args, "-"+f.name, f.value)
		}
	}
	if b.Kind.Pretended() { // its clock chip is the computer's
		args = append(args, "-wait", "0s")
	}
	for _, s := range b.Time.Servers {
		args = append(args, "-time", s)
	}
	return args
}

func networkKind(n plan.Network) string {
	if n.Kind == "" {
		return "dhcp"
	}
	return n.Kind
}
