package house

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"tellijn/tools/try/programs"
)

// ErrNoBroker says that there is no Mosquitto on this computer.
var ErrNoBroker = errors.New("no mosquitto on this computer, which -mqtt needs; hint: apt-get install mosquitto")

// Mosquitto gives the path of the broker's program. The error is ErrNoBroker.
func Mosquitto() (string, error) {
	if path := programs.Find("mosquitto"); path != "" {
		return path, nil
	}
	return "", ErrNoBroker
}

// startBroker starts Mosquitto with the certificates and the configuration that collector enrol makes,
// and gives its address.
func (h *House) startBroker(ctx context.Context) (address string, err error) {
	program, err := Mosquitto()
	if err != nil {
		return "", err
	}
	if address, err = free(); err != nil {
		return "", err
	}
	conf, err := h.run(ctx, "collector", "enrol", "-dir", h.path(collectorDir), "-broker", "-host", address, "-out", h.path(brokerDir))
	if err != nil {
		return "", err
	}
	if conf, err = here(conf, address); err != nil {
		return "", err
	}
	path := h.path(brokerDir, "mosquitto.conf")
	if err := write(path, conf); err != nil {
		return "", err
	}
	// Until it runs its words are for who wants to know why it does not.
	runs, say := make(chan struct{}), h.tell("broker")
	var words []string
	ready := false
	h.broker, err = programs.Start("the broker", program, []string{"-c", path}, nil, func(line string) {
		switch {
		case ready && !strings.HasSuffix(line, " terminating"):
			say(line)
		case strings.HasSuffix(line, " running"):
			ready = true
			close(runs)
		default:
			words = append(words, line)
		}
	})
	if err != nil {
		return "", err
	}
	h.watch(h.broker, false)
	select {
	case <-runs:
		say("Loaded   Mosquitto on " + address + ", with certificates of the collector")
		return address, nil
	case <-h.broker.Done(): // and so nobody changes words any more
		return "", fmt.Errorf("the broker does not start: %w\n%s", errors.Join(h.broker.Err()), strings.Join(words, "\n"))
	case <-time.After(starting):
		return "", fmt.Errorf("the broker does not run after %v", starting)
	}
}

// here keeps a broker on this computer: its configuration otherwise listens for everybody, and, started
// by root, it would become somebody who may not read its files.
func here(conf, address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", err
	}
	listener := "\nlistener " + port
	if strings.Count(conf, listener+"\n") != 1 {
		return "", fmt.Errorf("the broker's configuration has no line %q", strings.TrimSpace(listener))
	}
	conf = strings.Replace(conf, listener+"\n", listener+" "+host+"\n", 1) + "persistence false\nlog_dest stderr\nlog_type error\nlog_type warning\nlog_type information\n"
	if os.Geteuid() == 0 {
		conf += "user root\n"
	}
	return conf, nil
}

// free gives an address of this computer on which nobody listens now.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
