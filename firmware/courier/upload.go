package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"tellijn/firmware/dialer/ask"
	"tellijn/firmware/dialer/line"
	"tellijn/firmware/queue"
	"tellijn/firmware/upload/file"
	"tellijn/firmware/upload/https"
	"tellijn/firmware/upload/mqtt"
	"tellijn/firmware/upload/peer"
	"tellijn/firmware/upload/pump"
	"tellijn/privacy/sign"
)

// lookEvery is how often the folder is looked into for answers.
const lookEvery = time.Minute

// polls of the room in an interval: with each record that is sent, and once between. More often
// would be more traffic than all the records.
const polls = 2

// upload is how this courier sends. It begins before the program gives up its rights, and ends with it.
type upload struct {
	words
	key    sign.Public
	host   string
	id     peer.Identity
	secure bool
	folder *file.Folder
}

// sender is a way to the collector over a network.
type sender interface {
	pump.Exchanger
	Close()
}

// prepare looks at the words and reads the certificate.
func prepare(o words) (*upload, error) {
	u := &upload{words: o}
	switch o.kind {
	case "", "none":
		return u, nil
	case "https", "mqtt", "file":
	default:
		return nil, fmt.Errorf("kind %q, want https, mqtt, file or none", o.kind)
	}
	var err error
	if u.key, u.host, err = o.check(); err != nil || o.kind == "file" {
		return u, err
	}
	// As the starter made it; the end that a program is started with may wait all the same.
	if err := syscall.SetNonblock(line.CourierFd, true); err != nil {
		return nil, fmt.Errorf("no line to the dialer on descriptor %d: %w", line.CourierFd, err)
	}
	// Only a broker of the same machine may be spoken to without TLS, and only where nobody put an authority.
	_, err = os.Lstat(filepath.Join(o.dir, peer.Authority))
	if u.secure = o.kind != "mqtt" || !here(u.host) || !errors.Is(err, os.ErrNotExist); !u.secure {
		return u, nil
	}
	u.id, err = peer.Load(o.dir)
	return u, err
}

// open opens the folder, and gives the number after which those of a new queue begin.
func (u *upload) open() (after uint64, err error) {
	if u.kind != "file" {
		return 0, nil
	}
	if u.folder, err = file.Open(filepath.Join(u.dir, "out"), u.device); err != nil {
		return 0, err
	}
	there, err := u.folder.Batches()
	if err != nil || len(there) == 0 {
		return 0, err
	}
	return there[len(there)-1], nil
}

// pump makes the pump; with kind none nobody starts it.
func (u *upload) pump(q *queue.Queue, inward func([]byte)) *pump.Pump {
	poll := time.Duration(0)
	if u.poll {
		poll = u.pace / polls
	}
	if u.kind == "file" {
		poll = max(min(lookEvery, u.pace), time.Second)
	}
	return pump.New(pump.Options{Device: u.device, Receipts: u.key, Queue: q, Pace: u.pace, Poll: poll, Inward: inward, Say: say,
		Random:   func(b []byte) { _, _ = rand.Read(b) }, // it never fails, says crypto/rand
		Stranger: func(err error) bool { return errors.Is(err, peer.ErrStranger) }})
}

// start starts to send, beside what stores; end stops it before the queue is closed.
func (u *upload) start(p *pump.Pump) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		switch u.kind {
		case "file":
			say("Loaded   upload: files in " + filepath.Join(u.dir, "out"))
			p.RunFolder(ctx, u.folder)
		case "https", "mqtt":
			say(fmt.Sprintf("Loaded   upload: %s to %s", u.kind, u.address))
			via := u.via(ask.New(os.NewFile(line.CourierFd, "line")))
			p.Run(ctx, via)
			via.Close()
		}
	}()
	return func() {
		cancel()
		select {
		case <-done:
		case <-time.After(3 * time.Second): // everything that was stored is on disk whatever it does
		}
	}
}

// via gives the way over the network.
func (u *upload) via(l *ask.Line) sender {
	secure := func(ctx context.Context, c net.Conn) (net.Conn, error) {
		return u.id.Secure(ctx, c, u.host, time.Now())
	}
	if u.kind == "https" {
		return https.New(https.Options{Address: u.address, Dial: l.Dial, Secure: secure})
	}
	if !u.secure {
		secure = nil
	}
	return mqtt.New(mqtt.Options{Device: u.device, Dial: l.Dial, Secure: secure})
}
