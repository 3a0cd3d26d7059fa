package values

// Flags is the table for the flags of each program, by the folder of its main package. An empty
// text leaves the flag out. What names a program, a file or a folder is replaced by what the test
// bench made: @eye, @courier, @dir, @config.
func Flags() map[string]map[string][]string {
	odd := []string{"0", "-1", "abc", "9223372036854775807", "9223372036854775808", "1.5", " "}
	with := func(more ...string) []string { return append(append([]string{""}, more...), odd...) }
	return map[string]map[string][]string{
		"firmware/warden": {
			"board":    {"sim", "", "real-probe", "virtual-probe", "../sim", "sim/board.toml", "debug", "\u0441\u0438\u043c"},
			"config":   {"", "@config", "@two", "@one", "@early", "@late", "@short", "@minute", "@nowhere", "/nowhere/x.toml", "@dir", "@eye", "/dev/null"},
			"approval": {"", "/nowhere/approval.cose", "@dir", "@eye", "/dev/null", "/dev/zero"},
			"dir":      {"@dir", "", "/dev/null", "/proc/none"},
			"eye":      {"@eye", "", "/nowhere/eye", "@dir"},
			"courier":  {"@courier", ""},
			"dialer":   {"", "/nowhere/dialer"},
			"keys":     {"", "/nowhere/keys.bin", "@eye", "@dir", "/dev/null"},
			"driver":   {"", "v4l2", "sim", "clip", "feed", "V4L2", "file", " "},
			"device":   {"", "/dev/video0", "/dev/../etc/passwd", "/dev/video 0", "video0", "/tmp/frames"},
			"seed":     with("1", "18446744073709551615", "18446744073709551616"),
			"seconds":  with("1", "604800", "604801", "4294967295", "4294967296", "4294967297"),
			"speed":    with("1", "2", "1000", "1001", "65536", "65537"),
			"compress": with("1", "2", "10000", "10001", "65536"),
			"world":    with("2", "3", "4", "1000", "65535"),
			"identity": {"", "true", "false", "abc"},
			"sign":     with("3", "6", "9", "259"),
			"feed":     with("2", "3", "4", "1000", "65535"),
			"view":     with("2", "3", "4", "1000", "65535"),
			"manifest": {"", "true", "false", "abc"},
		},
		"firmware/dialer": {
			"address":  {"", "collector.example:8443", "192.0.2.1:1", "[2001:db8::1]:65535", "collector", "collector:0", "collector:65536", "collector:https", ":1"},
			"manifest": {"", "true", "false", "abc"},
		},
		"firmware/scout": {
			"network":   {"", "dhcp", "static", "none", "DHCP", "bootp"},
			"interface": {"", "eth0", "../eth0", "lo"},
			"address":   {"", "192.0.2.5/24", "192.0.2.5", "127.0.0.1/8", "2001:db8::5/64", "224.0.0.1/4"},
			"gateway":   {"", "192.0.2.1", "198.51.100.1", "gateway"},
			"names":     {"", "192.0.2.1", "192.0.2.1,192.0.2.2,192.0.2.3", "192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4", "127.0.0.53", ","},
			"time":      {"", "ntp.example:123", "192.0.2.1:123", "ntp.example", "ntp.example:0", ":123"},
			"rtc":       {"", "/dev/rtc0", "/nowhere/rtc", "/dev/null"},
			"wifi":      {"", "/nowhere/wifi.toml", "@dir", "/dev/zero"},
			"floor":     with("1", "4102444800", "4102444801"),
			"wait":      with("0s", "1ns", "1h", "1h0m0.000000001s"),
			"manifest":  {"", "true", "false", "abc"},
		},
		"firmware/courier": {
			"dir":      {"@dir", "", "/dev/null", "/proc/none", "@eye"},
			"device":   {"north-door", "", "North", "../x"},
			"kind":     {"", "none", "https", "mqtt", "file", "http", "rtsp"},
			"address":  {"", "collector.example:8443", "collector", "https://collector.example"},
			"receipts": {"", "11", "1111111111111111111111111111111111111111111111111111111111111111"},
			"pace":     with("15m", "1ms", "-15m"),
			"poll":     {"", "true", "false", "abc"},
			"manifest": {"", "true", "false", "abc"},
		},
	}
}

// Tags says of each build tag that may decide about a file of the device what it changes. A tag
// that is not here makes the proof fall short until somebody writes down what it does.
func Tags() map[string]string {
	return map[string]string{
		"sim":    "the eye for simulated and virtual boards: drawn cameras and clips beside v4l2; without it only v4l2",
		"linux":  "kernel interfaces; elsewhere a stand-in that says what is absent",
		"386":    "layout of two kernel structs on 32-bit machines",
		"arm":    "layout of two kernel structs on 32-bit machines",
		"mips":   "layout of two kernel structs on 32-bit machines",
		"mipsle": "layout of two kernel structs on 32-bit machines",
		"amd64":  "system call numbers and registers of this machine",
		"arm64":  "system call numbers and registers of this machine",
		"race":   "the race detector of tests",
	}
}

// Reads says of each place that asks for the environment, or for words of the command line that are
// no flags, what it is good for. A place that is not here makes the proof fall short.
func Reads() map[string]string {
	return map[string]string{
		"syscall.Getenv in firmware/eye":         "GODEBUG, which the warden sets: a real eye without asyncpreemptoff=1 ends before it opens its camera",
		"os.Args in firmware/eye":                "-manifest prints what the eye may do, and ends",
		"os.Args in firmware/scout":              "the setter starts its asker, and what becomes the supplicant, under words of their own; the flags of either",
		"os.Args in firmware/courier":            "the flags that the warden starts it with, read by the flag package",
		"os.Args in firmware/warden":             "the warden starts its own core under a word of its own, with the flags it was given; the name /init, which only a kernel gives to its first process, makes it that of a board",
		"syscall.Getenv in golang.org/x/sys":     "hands on what it is asked; no package of the programs asks",
		"syscall.Environ in golang.org/x/sys":    "hands on what it is asked; no package of the programs asks",
		"os.Args in periph.io/x/host":            "the name under which the kernel lists who holds a line; it changes nothing else",
		"os.Getenv in github.com/u-root/uio":     "UROOT_NOHWRNG: where that package takes random numbers from, of which the scout takes none; its asker has an environment of its own",
		"os.Getenv in go.etcd.io/bbolt/internal": "BBOLT_VERIFY: checks of its own in the queue's file; the courier is started with an empty environment",
	}
}
