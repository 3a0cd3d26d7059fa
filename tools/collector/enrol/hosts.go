package enrol

import (
	"fmt"
	"net"
	"strconv"
)

// addresses gives the hosts that the collector's certificate has to be good for, and the address that
// a device reaches.
func addresses(kind string, hosts []string) (own []string, address string, err error) {
	port := Port
	switch kind {
	case "https":
	case "mqtt":
		port = MQTTPort
	case "file":
		return nil, "", nil
	default:
		return nil, "", fmt.Errorf("enrol: kind %q, want https, mqtt or file", kind)
	}
	if len(hosts) == 0 {
		hosts = []string{"localhost"}
	}
	for i, h := range hosts {
		name, p, err := Split(h, port)
		if err != nil {
			return nil, "", err
		}
		if i == 0 {
			address = net.JoinHostPort(name, p)
		}
		own = append(own, name)
	}
	if kind == "mqtt" {
		own = nil // these are the broker's
	}
	return own, address, nil
}

// Split divides "name", "name:port", "1.2.3.4:port", "::1" or "[::1]:port".
func Split(s, port string) (host, p string, err error) {
	host, p = s, port
	if net.ParseIP(s) == nil {
		if h, q, err := net.SplitHostPort(s); err == nil {
			host, p = h, q
		}
	}
	if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
		return "", "", fmt.Errorf("enrol: host %q, want NAME or NAME:PORT", s)
	}
	if net.ParseIP(host) == nil && !hostname(host) {
		return "", "", fmt.Errorf("enrol: host %q, want a name or an address, with or without a port", s)
	}
	return host, p, nil
}

func hostname(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.' {
			return false
		}
	}
	return s != "" && len(s) <= 253
}
