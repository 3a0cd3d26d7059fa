package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"tellijn/tools/collector/enrol"
	"tellijn/tools/fieldkit/sheet"
)

const enrolAbout = `Lets a device in, and makes what the collector itself needs when it is not there yet:

  collector enrol -dir STORE -device north-door -key KEY -host counts.example.edu -out BUNDLE

writes ca.pem, device.pem, device.key and upload.toml into BUNDLE. Copy the first three into the device's
courier directory and the lines of upload.toml into its configuration. device.key is a secret of that device.

  collector enrol -dir STORE -device north-door -renew -host counts.example.edu -out BUNDLE
  collector enrol -dir STORE -revoke north-door
  collector enrol -dir STORE -broker -host mqtt.example.edu -out BROKER
  collector enrol -dir STORE -host counts.example.edu      (only the collector's own certificate)
  collector enrol -dir STORE -csv devices.csv

gives it new files, lets it out, makes a certificate for an MQTT broker and prints lines for mosquitto.conf,
prints what installers need, and takes in the devices whose cards fieldkit flash wrote.
All of it works while the collector runs, and counts at once.`

func enrolCommand(args []string, out, errs io.Writer) error {
	f := options("enrol", enrolAbout, errs)
	var d enrol.Device
	var hosts list
	dir := f.String("dir", "", "the collector's directory; made if it is not there")
	f.StringVar(&d.Name, "device", "", "name of the device: 1 to 32 of a-z, 0-9 and hyphen")
	f.StringVar(&d.Key, "key", "", "public key that signs its records: 64 hexadecimal digits, from warden -identity")
	f.StringVar(&d.Room, "room", "", "room, when several devices count its doors together")
	f.BoolVar(&d.Head, "head", false, "this device adds up the doors of its room")
	f.BoolVar(&d.Simulated, "simulated", false, "it may send records of people who were drawn")
	f.StringVar(&d.Kind, "kind", "https", "how it sends: https, mqtt or file")
	f.BoolVar(&d.Renew, "renew", false, "the device is known: new files for it, and the certificate before is refused")
	f.Var(&hosts, "host", "name or address, with or without a port, under which devices reach the collector (or, with -broker or -kind mqtt, the broker); several times for several")
	bundle := f.String("out", "", "directory for the files of the device or the broker")
	revoke := f.String("revoke", "", "name of a device that is refused from now on; what it sent stays")
	csv := f.String("csv", "", "list that fieldkit flash wrote; each device in it is let in")
	broker := f.Bool("broker", false, "make files for an MQTT broker")
	if err := parse(f, args); err != nil {
		return err
	}
	now := time.Now()
	switch {
	case *dir == "" || f.NArg() > 0:
		return wrong(errs, "want -dir STORE and options only; collector enrol -help says more")
	case *revoke != "":
		if d.Name != "" || *broker {
			return wrong(errs, "-revoke stands alone")
		}
		if err := enrol.Revoke(*dir, *revoke, now); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s is refused from now on. Brokers need the new crl.pem.\n", *revoke)
		return nil
	case *csv != "":
		if d.Name != "" || *broker || *bundle != "" {
			return wrong(errs, "-csv stands alone")
		}
		return takeList(*dir, *csv, now, out)
	case d.Name == "" && !*broker:
		if err := enrol.SetUp(*dir, hosts, now); err != nil {
			return err
		}
		words, err := enrol.Words(*dir, hosts)
		if err == nil {
			fmt.Fprintf(out, "%s is set up.\n%s", *dir, words)
		}
		return err
	case *bundle == "":
		return wrong(errs, "want -out DIR for the files")
	case *broker:
		conf, err := enrol.Broker(*dir, hosts, *bundle, now)
		if err == nil {
			fmt.Fprint(out, conf)
		}
		return err
	}
	if err := enrol.Admit(*dir, d, hosts, *bundle, now); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s is enrolled; its files are in %s.\n", d.Name, *bundle)
	return nil
}

// takeList lets in the devices of a list.
func takeList(dir, path string, now time.Time, out io.Writer) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := sheet.Read(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	changed, err := enrol.List(dir, rows, now)
	for _, name := range changed {
		fmt.Fprintf(out, "%s is enrolled.\n", name)
	}
	if err == nil {
		fmt.Fprintf(out, "%d of %d lines were new.\n", len(changed), len(rows))
	}
	return err
}
