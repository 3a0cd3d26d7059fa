// Try starts everything on this computer, without hardware, rights or network: two doors of a room with
// a drawn camera each, and the collector that they report to, all of them the real programs. It shows on
// a page that answers this computer only what is counted, the signed record as it leaves, and what
// arrives; a key pulls the network out and puts it back.
//
//	go run ./tools/try
//	go run ./tools/try -mqtt
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
	_ "time/tzdata" // the doors may be elsewhere than this computer knows of

	"tellijn/boards"
	"tellijn/tools/try/house"
	"tellijn/tools/try/keys"
	"tellijn/tools/try/page"
	"tellijn/tools/try/player"
	"tellijn/tools/try/programs"
)

func main() {
	o, err := parse(os.Args[1:])
	if err == nil {
		err = try(o)
	}
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "try:", err)
		os.Exit(1)
	}
}

func try(o *options) error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer cancel()
	var clip *player.Clip
	var err error
	if o.clip != "" {
		if clip, err = player.Open(o.clip, o.speed); err != nil {
			return err
		}
	}
	board, text, err := o.plan(clip)
	if err != nil {
		return err
	}
	if o.mqtt {
		if _, err := house.Mosquitto(); err != nil {
			return err
		}
	}
	leave, err := house.Take(o.dir)
	if err != nil {
		return err
	}
	defer leave()
	listener, err := page.Listen(o.addr, !o.addrGiven)
	if err != nil {
		return err
	}
	defer listener.Close()
	t := newTerminal(os.Stdout)
	built, remove, err := o.build(ctx, t)
	defer remove()
	var h *house.House
	if err == nil {
		h, err = house.Build(ctx, o.house(built, text, t))
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil // Ctrl-C while building
		}
		return err
	}
	defer h.End()
	r, handler, err := newRun(o, h, clip, t, &board)
	if err != nil {
		return err
	}
	// Ctrl-C ends the pages, which would otherwise stay open for ever.
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	defer server.Close()
	pressed, single, end := keys.Listen(os.Stdin)
	defer end()
	t.about("page", "http://"+listener.Addr().String()+"  (this computer only)")
	if single {
		t.about("keys", "n pulls the network out and puts it back, q ends")
		t.about("below", "people counted forward/backward, records that wait on the devices, records that arrived")
	}
	return r.watch(ctx, pressed)
}

// build gives the directory of the programs, and removes it unless it was there before.
func (o *options) build(ctx context.Context, t *terminal) (dir string, remove func(), err error) {
	if o.programs != "" {
		return o.programs, func() {}, nil
	}
	if dir, err = os.MkdirTemp("", "tellijn-try-"); err != nil {
		return "", func() {}, err
	}
	return dir, func() { os.RemoveAll(dir) }, programs.Build(ctx, dir, t.say)
}

// house says what to build.
func (o *options) house(built, text string, t *terminal) house.Plan {
	p := house.Plan{Dir: o.dir, Programs: built, Text: text, Seed: o.seed, Feed: o.clip != "", MQTT: o.mqtt, Say: t.say,
		Args: []string{"-speed", strconv.Itoa(o.speed), "-compress", strconv.Itoa(o.factor())}}
	p.Doors, p.Room = o.doors()
	return p
}

// newRun puts together what is shown.
func newRun(o *options, h *house.House, clip *player.Clip, t *terminal, b *boards.Board) (*run, http.Handler, error) {
	place, err := time.LoadLocation(b.Release.Zone)
	if err != nil {
		return nil, nil, err
	}
	var doors []page.Door
	var screens []page.Screen
	for i, d := range h.Doors {
		door := page.Door{Name: d.Name, Key: d.Key}
		switch {
		case len(h.Doors) == 1:
		case i == 0:
			door.Role = "a door of the hall, and the head that adds up its doors"
		default:
			door.Role = "a door of the hall"
		}
		doors = append(doors, door)
		s := page.NewScreen(b.Title, o.words(), &b.Scene, b.Wanted)
		s.Day = o.lasts()
		screens = append(screens, s)
	}
	r := &run{o: o, h: h, hub: page.NewHub(doors...), clip: clip, t: t, place: place, made: make([]made, len(h.Doors))}
	r.hub.Plug = r.plug
	handler, err := page.Handler(r.hub, screens...)
	return r, handler, err
}

// words say what kind of camera this is.
func (o *options) words() string {
	switch {
	case o.clip != "":
		return "The camera is a clip from a file. Every record says that it is simulated."
	case o.device != "":
		return "The camera is real: " + o.device + ". This computer is no approved counter, so every record says that it is simulated."
	}
	return "This camera is simulated: the computer draws it. Nobody real is counted, and every record says so."
}
