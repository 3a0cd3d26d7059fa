package enrol

import (
	"fmt"
	"path/filepath"
	"time"

	"tellijn/tools/collector/certs"
	"tellijn/tools/collector/register"
)

// Revoke refuses a device from now on. What it sent stays.
func Revoke(dir, name string, now time.Time) error {
	if _, err := register.Open(dir); err != nil {
		return err
	}
	r, unlock, err := register.Make(dir, nil, now, Seed)
	if err != nil {
		return err
	}
	defer unlock()
	d, ok, err := r.Device(name)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("enrol: no device %q; hint: collector status lists them", name)
	}
	d.Revoked = true
	for i := range d.Certificates {
		d.Certificates[i].Revoked = true
	}
	if err := r.Put(&d); err != nil {
		return err
	}
	_, err = r.Revoke(now)
	return err
}

// SetUp makes what a collector needs to serve, and its certificate good for hosts.
func SetUp(dir string, hosts []string, now time.Time) error {
	own, _, err := addresses("https", hosts)
	if err != nil {
		return err
	}
	_, unlock, err := register.Make(dir, own, now, Seed)
	if err != nil {
		return err
	}
	unlock()
	return nil
}

// Broker makes a certificate for an MQTT broker that is reached under hosts, writes it into out, and
// gives lines for the configuration of Mosquitto. The broker is trusted with delivering, and with
// nothing else: signatures are checked on both sides of it.
func Broker(dir string, hosts []string, out string, now time.Time) (conf string, err error) {
	if len(hosts) == 0 {
		hosts = []string{"localhost"}
	}
	var names []string
	port := MQTTPort
	for i, h := range hosts {
		name, p, err := Split(h, MQTTPort)
		if err != nil {
			return "", err
		}
		if i == 0 {
			port = p
		}
		names = append(names, name)
	}
	r, unlock, err := register.Make(dir, nil, now, Seed)
	if err != nil {
		return "", err
	}
	defer unlock()
	a, err := r.Authority()
	if err != nil {
		return "", err
	}
	pair, _, err := a.Server(certs.BrokerName, names, now)
	if err != nil {
		return "", err
	}
	_, authority, err := r.Pool()
	if err != nil {
		return "", err
	}
	list, err := r.Revoke(now)
	if err != nil {
		return "", err
	}
	err = put(out, map[string][]byte{"ca.pem": authority, "broker.pem": pair.Certificate, "broker.key": pair.Key,
		"crl.pem": list, "acl": []byte(rights())})
	if err != nil {
		return "", err
	}
	full, err := filepath.Abs(out)
	if err != nil {
		return "", fmt.Errorf("enrol: %w", err)
	}
	return mosquitto(full, port), nil
}

// rights says who may do what at the broker: the name in a certificate is the name that counts.
func rights() string {
	return "# The collector hears every device and answers it.\n" +
		"user " + certs.CollectorName + "\n" +
		"topic read tellijn/v1/+/up\n" +
		"topic write tellijn/v1/+/down\n" +
		"\n# A device, %u, has three topics and no other.\n" +
		"pattern write tellijn/v1/%u/up\n" +
		"pattern write tellijn/v1/%u/status\n" +
		"pattern read tellijn/v1/%u/down\n"
}

func mosquitto(dir, port string) string {
	return "# Everybody shows a certificate, and the name in it is who they are. Mosquitto has to be able to\n" +
		"# read these files; crl.pem lists who was revoked: copy it from the collector's directory after each\n" +
		"# collector enrol -revoke or -renew, and let Mosquitto load it again (SIGHUP).\n" +
		"per_listener_settings true\n" +
		"listener " + port + "\n" +
		"cafile " + filepath.Join(dir, "ca.pem") + "\n" +
		"certfile " + filepath.Join(dir, "broker.pem") + "\n" +
		"keyfile " + filepath.Join(dir, "broker.key") + "\n" +
		"crlfile " + filepath.Join(dir, "crl.pem") + "\n" +
		"tls_version tlsv1.3\n" +
		"require_certificate true\n" +
		"use_identity_as_username true\n" +
		"# Nobody takes over a connection by calling itself as another does.\n" +
		"use_username_as_clientid true\n" +
		"acl_file " + filepath.Join(dir, "acl") + "\n" +
		"# A batch has at most 96 KiB.\n" +
		"max_packet_size 131072\n"
}
