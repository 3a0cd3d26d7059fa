// Faults plays a campaign of random faults against the real programs: devices with drawn cameras, the
// collector, a broker. It kills them, cuts, alters and invents what they say to each other, fills their
// disks and moves their clocks; each fault has to prove that it struck. In the end everything is well again,
// all is delivered, and every record that was made has to be in the collector once, byte for byte, with
// nothing that no warden signed, and every count in its place.
//
//	go run ./tools/faults -n 1000 -seed 7
//
// The same seed plays the same faults in the same order; when exactly each of them strikes is up to the
// machine. It exits with 1 on any violation. It needs about a second and a half for a fault; as root on Linux
// it fills small disks of its own, and with Mosquitto on this computer one device goes through a broker.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"tellijn/tools/faults/kinds"
)

func main() {
	o := options{}
	flag.IntVar(&o.n, "n", 200, "faults; 0 for each kind once")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "what is played")
	flag.IntVar(&o.workers, "at-once", 4, "faults that may last at the same time")
	flag.StringVar(&o.only, "only", "", "only kinds with this in their name")
	flag.BoolVar(&o.keep, "keep", false, "leave the files")
	flag.BoolVar(&o.verbose, "v", false, "say each fault")
	flag.Parse()
	os.Exit(run(o, os.Stdout))
}

// options of a campaign.
type options struct {
	n, workers    int
	seed          uint64
	only          string
	keep, verbose bool
}

// folder makes a folder for everything. A courier that was root becomes the owner of its own directory, and
// has to get there.
func folder() (string, error) {
	dir, err := os.MkdirTemp("", "tellijn-faults-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	return dir, err
}

// run plays a campaign and gives the exit code.
func run(o options, out io.Writer) int {
	fmt.Fprintf(out, "Seed %d\n", o.seed)
	dir, err := folder()
	if err != nil {
		fmt.Fprintln(out, "faults:", err)
		return 1
	}
	if o.keep {
		fmt.Fprintf(out, "Files in %s; mounted disks are gone with the end.\n", dir)
	} else {
		defer os.RemoveAll(dir)
	}
	c := &campaign{options: o, out: out, all: kinds.All(), began: time.Now(), down: func() {}}
	quit := make(chan os.Signal, 1)
	signal.Notify(quit, syscall.SIGINT, syscall.SIGTERM)
	go func() { // whoever stops a campaign wants no mounted disks and no programs left
		<-quit
		c.down()
		os.Exit(1)
	}()
	err = c.play(filepath.Join(dir, "site"), filepath.Join(dir, "programs"))
	c.table()
	if err != nil {
		c.violation(err)
	}
	if len(c.violations) > 0 {
		fmt.Fprintf(out, "\n%d VIOLATIONS; the same again: go run ./tools/faults -n %d -seed %d\n", len(c.violations), o.n, o.seed)
		return 1
	}
	fmt.Fprintf(out, "\nNothing was lost, doubled, forged or set aside.\n")
	return 0
}
