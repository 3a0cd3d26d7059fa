// Gadget is the camera of a bench: it runs on a small computer with a USB device port, such as a Raspberry Pi Zero 2 W
// with Raspberry Pi OS (64 bit), listens on its network for the bench, and is for the board under test a USB camera
// that sees what the bench sends. It keeps no frame. It is for the rig, outside the data path.
//
//	GOOS=linux GOARCH=arm64 go build -o gadget ./tools/rig/real/gadget
//	sudo ./gadget -listen 192.168.7.2:4747
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"time"

	"tellijn/tools/rig/real/tape"
	"tellijn/tools/rig/real/uvc"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:4747", "`address` at which the bench finds the camera; whoever reaches it can play films")
	flag.Parse()
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gadget:", err)
		os.Exit(2)
	}
	fmt.Println("waiting for the bench at", l.Addr())
	for {
		conn, err := l.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, "gadget:", err)
			os.Exit(1)
		}
		fmt.Println("the bench is here:", conn.RemoteAddr())
		fmt.Println("the bench is gone:", serve(conn, &kernel{}))
	}
}

// camera is what is plugged into the board.
type camera interface {
	// Plug makes a camera and shows it to the board; tell hears what the board does with it.
	Plug(f tape.Format, tell func(tape.Message) error) error
	Unplug() error
	// Turn does what there is to do, for a few milliseconds at most, and tells whether it took the frame.
	Turn(frame *tape.Message) (took bool, err error)
}

// serve plays what one bench sends, until it is gone. The camera is unplugged then.
func serve(conn net.Conn, c camera) (err error) {
	defer conn.Close()
	defer func() { err = errors.Join(err, c.Unplug()) }()
	var frame *tape.Message // that the camera has not taken yet
	tell := func(m tape.Message) error {
		if m.Kind == tape.Stopped {
			frame = nil // it is lost, and must not be the first of the next stream
		}
		return tape.Write(conn, m)
	}
	if m, err := tape.Read(conn); err != nil || m.Kind != tape.Greet || m.Number != tape.Version {
		return errors.Join(fmt.Errorf("%w: %q %d, want version %d", tape.ErrMessage, m.Kind, m.Number, tape.Version), err)
	}
	if err := tell(tape.Message{Kind: tape.Greet, Number: tape.Version}); err != nil {
		return err
	}
	come, gone := make(chan tape.Message), make(chan error, 1)
	quit := make(chan struct{})
	defer close(quit)
	go func() {
		for {
			m, err := tape.Read(conn)
			if err != nil {
				gone <- err
				return
			}
			select {
			case come <- m:
			case <-quit:
				return
			}
		}
	}()
	for {
		var m tape.Message
		select {
		case err := <-gone:
			return err
		case m = <-come:
		default:
		}
		var err error
		switch m.Kind {
		case tape.Plug:
			var f tape.Format
			if f, err = tape.FormatOf(m.Body); err == nil {
				frame = nil
				err = errors.Join(c.Unplug(), c.Plug(f, tell))
			}
		case tape.Unplug:
			frame, err = nil, c.Unplug()
		case tape.Frame:
			frame = &m // the bench sends the next one when this has left
		}
		took := false
		if err == nil {
			took, err = c.Turn(frame)
		}
		if took {
			frame = nil
		}
		if err != nil {
			_ = tell(tape.Message{Kind: tape.Failed, Body: []byte(err.Error())}) // it may be gone
			return err
		}
	}
}

// kernel is a camera by the kernel of this computer.
type kernel struct {
	tree   *uvc.Tree
	device *uvc.Device
}

// waits for the video device, which the kernel makes while it binds the camera.
const waits = 50

func (k *kernel) Plug(f tape.Format, tell func(tape.Message) error) (err error) {
	port, err := uvc.Port("/sys")
	if err != nil {
		return err
	}
	if k.tree, err = uvc.Make(uvc.Root, f); err != nil {
		return err
	}
	if err := k.tree.Bind(port); err != nil {
		return err
	}
	for range waits {
		var path string
		if path, err = uvc.Video("/sys"); err == nil {
			if k.device, err = uvc.Open(path, f, tell); err == nil {
				return nil
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

func (k *kernel) Unplug() (err error) {
	if k.device != nil {
		err = k.device.Close()
	}
	if k.tree != nil {
		err = errors.Join(err, k.tree.Remove())
	}
	k.device, k.tree = nil, nil
	return err
}

func (k *kernel) Turn(frame *tape.Message) (bool, error) {
	if k.device == nil {
		time.Sleep(time.Millisecond)
		return false, nil
	}
	return k.device.Turn(2, frame)
}
