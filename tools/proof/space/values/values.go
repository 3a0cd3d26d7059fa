// Package values is the table of boundary values for every key that a person can set: least, just
// below, largest, just above, empty, other types, other alphabets, and ordinary ones. It is data and
// says what is tried, never what should come out. tools/proof/space fails when a key of the source
// is not in it.
package values

import (
	"fmt"
	"strings"
)

// Value is one way to write a key.
type Value struct {
	// Text is what stands behind the equals sign. Empty leaves the key out.
	Text string
	// Tables is how many tables a list of tables has, for scene.line and scene.zone; otherwise -1.
	Tables int
}

// each makes values of texts.
func each(texts ...string) (out []Value) {
	for _, t := range texts {
		out = append(out, Value{t, -1})
	}
	return out
}

// words are texts that no key of text should take, beside what is said.
func words(more ...string) []Value {
	return each(append(more, ``, `""`, `" "`, `7`, `-0.5`, `true`, `["a"]`, `{a = 1}`, `1979-05-27`, `"\u0000"`, `"`+"\u0434\u0432\u0435\u0440\u044c"+`"`, `"`+strings.Repeat("a", 500)+`"`)...)
}

// key is a public key of one digit.
func key(digit string) string { return `"` + strings.Repeat(digit, 64) + `"` }

// numbers are what no key of numbers should take, beside what is said.
func numbers(more ...string) []Value {
	return each(append(more, ``, `0`, `-1`, `1e300`, `nan`, `-inf`, `9223372036854775807`, `9223372036854775808`, `"1"`, `true`, `[1]`, `1.5`)...)
}

// points are ends of a line; the first is ordinary.
func points(more ...string) []Value {
	return each(append(more, ``, `[0, 0]`, `[1, 1]`, `[-0.0, 1.0]`, `[-0.00001, 0]`, `[1.00001, 0.5]`, `[nan, 0]`, `[inf, 0]`,
		`[0.5]`, `[0.5, 0.5, 0.5]`, `[]`, `"0,0"`, `[0.5, "a"]`, `0.5`)...)
}

// tables are numbers of tables in a list.
func tables(counts ...int) (out []Value) {
	for _, n := range counts {
		out = append(out, Value{"", n})
	}
	return append(out, each(`3`, `"none"`, `[]`, `[1, 2]`, `{from = [0, 0]}`)...)
}

// corner strings n corners around the middle.
func corners(n int) string {
	all := []string{"[0, 0]", "[0.4, 0]", "[0.8, 0]", "[1, 0]", "[1, 0.4]", "[1, 0.8]", "[1, 1]", "[0.8, 1]", "[0.4, 1]", "[0, 1]", "[0, 0.8]", "[0, 0.4]", "[0, 0.2]"}
	if n < 4 {
		all = []string{"[0, 0]", "[1, 0]", "[1, 1]"}
	}
	return "[" + strings.Join(all[:n], ", ") + "]"
}

// entries are n hours of one day that do not touch; days are n days.
func entries(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`"mon %02d:%02d-%02d:%02d"`, i/2, i%2*30, i/2, i%2*30+10))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

func days(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`"2027-%02d-%02d"`, i/28+1, i%28+1))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// TOML is the table for every key of every TOML file. The first value of each is ordinary.
func TOML() map[string][]Value {
	return map[string][]Value{
		"device":   words(`"north-door"`, `"a"`, `"-"`, `"`+strings.Repeat("z9-", 10)+`ab"`, `"`+strings.Repeat("z", 33)+`"`, `"North"`, `"a b"`, `"a/../b"`),
		"interval": words(`"15m"`, `"20m"`, `"30m"`, `"60m"`, `"1h"`, `"900s"`, `"60s"`, `"14m59s"`, `"15m1s"`, `"899999ms"`, `"7m"`, `"25m"`, `"2h"`, `"-15m"`, `"0s"`, `"2562048h"`, `"60"`),
		"beat":     words(`"200ms"`, `"100ms"`, `"99ms"`, `"10s"`, `"10001ms"`, `"100.5ms"`, `"-1s"`, `"1ns"`, `"0s"`, `"49h43m"`),
		"name":     words(`"sim"`, `"a-board"`, `"../sim"`),
		"title":    words(`"A board"`, `"<b>"`, `"`+strings.Repeat("t", 300)+`"`),
		"kind":     words(`"simulated"`, `"virtual"`, `"real"`, `"Real"`, `"debug"`, `"calibration"`, `"level2"`),
		"speed":    numbers(`1`, `2`, `1000`, `1001`, `65536`, `65537`, `-65535`, `4294967297`),

		"compress": numbers(`1`, `60`, `10000`, `10001`, `65537`),
		"compatible": each(`["raspberrypi,4-model-b"]`, ``, `[]`, `["raspberrypi,4-model-b", "brcm,bcm2711"]`, `["raspberrypi"]`, `[","]`, `["Raspberry,Pi"]`,
			`["a,b c"]`, `[""]`, `"raspberrypi,4-model-b"`, `[1]`),
		"memory.budget": numbers(`64`, `15`, `16`, `512`, `513`),

		"parts.camera_power": words(`"GPIO17"`, `"GPIO22"`, `"gpio 17"`, `"17"`, `"/dev/gpiochip0"`, `"`+strings.Repeat("G", 31)+`"`, `"`+strings.Repeat("G", 32)+`"`),
		"parts.camera_lamp":  words(`"GPIO27"`, `"GPIO17"`, `"GPIO\n27"`, `".."`),
		"parts.lamp":         words(`"GPIO22"`, `"GPIO17"`, `"ACT,LED"`, `"."`),
		"parts.button":       words(`"GPIO23"`, `"GPIO22"`, `"GPIO;23"`, `"-"`),
		"parts.watchdog":     words(`"/dev/watchdog0"`, `"/dev/watchdog"`, `"/dev/../proc/sysrq-trigger"`, `"/tmp/watchdog"`, `"watchdog0"`, `"/dev/watch dog"`),
		"parts.clock":        words(`"/dev/rtc0"`, `"/dev/rtc1"`, `"/dev/../etc/adjtime"`, `"/sys/class/rtc/rtc0"`, `"rtc0"`),

		"hours.open": each(`["mon-fri 07:30-22:00"]`, ``, `[]`, `["mon-sun 00:00-24:00"]`, `["sat 09:00-17:00", "sun 09:00-17:00"]`, `["fri-mon 09:00-17:00"]`,
			`["mon 22:00-06:00"]`, `["mon 09:00-09:00"]`, `["mon 09:00-24:01"]`, `["mon 9:00-17:00"]`, `["Mon 09:00-17:00"]`, `["mon  09:00-17:00"]`,
			`["mon 09:00-12:00", "mon 11:00-13:00"]`, `["mon 09:00-12:00", "mon 12:00-13:00"]`, `["always"]`, `[""]`, `[1]`, `"mon-fri 07:30-22:00"`, entries(8), entries(9), entries(33)),
		"hours.closed": each(`["2027-01-01"]`, ``, `[]`, `["2027-02-29"]`, `["2028-02-29"]`, `["2027-01-01", "2027-01-01"]`, `["1999-12-31"]`, `["2200-01-01"]`,
			`["2027-1-1"]`, `["01-01-2027"]`, `[2027-01-01]`, `[""]`, `"2027-01-01"`, days(64), days(65)),

		"network.kind":      words(`"static"`, `"dhcp"`, `"none"`, `"DHCP"`, `"bridge"`, `"hotspot"`),
		"network.interface": words(`"eth0"`, `"wlan0"`, `"enx001122334455"`, `"eth0 up"`, `"../eth0"`, `"`+strings.Repeat("e", 16)+`"`),
		"network.address":   words(`"192.0.2.5/24"`, `"192.0.2.5"`, `"192.0.2.5/0"`, `"192.0.2.5/7"`, `"192.0.2.5/31"`, `"127.0.0.1/8"`, `"0.0.0.0/8"`, `"224.0.0.1/8"`, `"192.0.2.256/24"`, `"192.0.02.5/24"`, `"2001:db8::5/64"`),
		"network.gateway":   words(`"192.0.2.1"`, `"192.0.2.5"`, `"192.0.3.1"`, `"192.0.2.1/24"`, `"gateway.example"`),
		"network.names": each(`["192.0.2.1"]`, ``, `[]`, `["192.0.2.1", "192.0.2.2", "192.0.2.3"]`, `["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]`, `["ns.example"]`,
			`["127.0.0.1"]`, `["0.0.0.0"]`, `["192.0.2.1\nsearch example"]`, `[""]`, `[1]`, `"192.0.2.1"`),
		"time.servers": each(`["ntp.example:123"]`, ``, `[]`, `["a:1", "b:2", "c:3", "d:4"]`, `["a:1", "b:2", "c:3", "d:4", "e:5"]`, `["a:1", "a:1"]`, `["ntp.example"]`,
			`["ntp.example:0"]`, `["ntp.example:65536"]`, `["[2001:db8::1]:123"]`, `["ntp://ntp.example:123"]`, `[""]`, `[1]`, `"ntp.example:123"`),
		"approval.signer": words(key("1"), key("f"), key("F"), `"`+strings.Repeat("1", 63)+`"`, `"`+strings.Repeat("1", 65)+`"`, key("g")),

		"release.k":     numbers(`3`, `2`, `4`, `255`, `256`, `259`, `1000`, `1001`, `9007199254740993`),
		"release.open":  words(`"07:30"`, `"07:29"`, `"00:00"`, `"12:00"`, `"23:59"`, `"24:00"`, `"7:30"`, `"07:30:00"`),
		"release.close": words(`"22:00"`, `"22:01"`, `"18:00"`, `"17:59"`, `"00:00"`, `"23:59"`, `"24:00"`, `"22h"`),
		"release.zone":  words(`"Europe/Amsterdam"`, `"UTC"`, `"America/St_Johns"`, `"Local"`, `"../../etc/localtime"`, `"/etc/localtime"`, `"Europe/Nowhere"`),

		"upload.kind":     words(`"https"`, `"mqtt"`, `"file"`, `"HTTPS"`, `"http"`, `"none"`, `"rtsp"`),
		"upload.address":  words(`"counts.example:8443"`, `"192.0.2.1:1"`, `"[2001:db8::1]:65535"`, `"counts.example"`, `"counts.example:0"`, `"counts.example:65536"`, `"https://counts.example:1"`, `"a:1,b:2"`, `":1"`),
		"upload.receipts": words(key("1"), key("f"), key("F"), `"`+strings.Repeat("1", 63)+`"`, `"`+strings.Repeat("1", 65)+`"`, key("g")),

		"room.name":        words(`"hall-2"`, `"h"`, `"Hall"`, `"a b"`, `"`+strings.Repeat("h", 33)+`"`),
		"room.head":        words(`"north-door"`, `"door-1"`, `"nobody"`),
		"room.door":        tables(2, 0, 1, 8, 9, 100),
		"room.door.device": words(`"north-door"`, `"door-1"`, `"door-0"`, `"North"`),
		"room.door.sign":   words(key("a"), key("b"), `"`+strings.Repeat("0", 63)+`1"`, key("A")),
		"room.door.seal":   words(key("c"), key("d"), `"`+strings.Repeat("0", 62)+`01"`, key("x")),

		"camera.driver": words(`"v4l2"`, `"sim"`, `"clip"`, `"feed"`, `"V4L2"`, `"file"`, `"rtsp"`),
		"camera.path": words(`"/dev/video0"`, `"/dev/v4l/by-id/usb-Tellijn_Eye-video-index0"`, `"/dev/`+strings.Repeat("v", 123)+`"`, `"/dev/`+strings.Repeat("v", 124)+`"`,
			`"/dev/../etc/passwd"`, `"/dev/video 0"`, `"/dev/vid\neo"`, `"/tmp/frames"`, `"video0"`, `"rtsp://192.0.2.1/"`),
		"camera.format": words(`"YUYV"`, `"UYVY"`, `"NV12"`, `"YU12"`, `"GREY"`, `"MJPG"`, `"MJPEG"`, `"RGB3"`, `"yuyv"`, `"H264"`, `"RAW "`),
		"camera.width":  numbers(`640`, `7`, `8`, `9`, `160`, `1920`, `4095`, `4096`, `4097`, `65544`),
		"camera.height": numbers(`480`, `7`, `8`, `9`, `120`, `1080`, `4095`, `4096`, `4097`, `65544`),
		"camera.fps":    numbers(`25`, `1`, `0.99999`, `240`, `240.001`, `29.97`, `0.1`),

		"scene.person_area": numbers(`0.03`, `0.0005`, `0.000499`, `0.4`, `0.400001`, `0.4000004`, `0.001`, `0.2`, `1`),
		"scene.line":        tables(1, 0, 2, 8, 9, 100),
		"scene.line.from":   points(`[0.02, 0.5]`, `[0.96, 0.5]`, `[0.961, 0.5]`, `[0.98, 0.52]`),
		"scene.line.to":     points(`[0.98, 0.5]`, `[0.04, 0.5]`, `[0.039, 0.5]`, `[0.02, 0.48]`),
		"scene.zone":        tables(1, 0, 2, 8, 9, 100),
		"scene.zone.corners": each(`[[0, 0.55], [1, 0.55], [1, 1], [0, 1]]`, ``, `[]`, corners(2), corners(3), corners(12), corners(13), `[[0, 0], [0.5, 0.5], [1, 1]]`,
			`[[0, 0], [0.02, 0], [0.02, 0.02], [0, 0.02]]`, `[[0, 0], [0.029, 0], [0.029, 0.029], [0, 0.029]]`, `[[0, 0], [1, 0], [0, 1], [1, 1]]`,
			`[[0, 0], [1.1, 0], [1, 1]]`, `[[0, 0], [1, nan], [1, 1]]`, `[0, 0, 1, 1]`, `"all"`, `[[0], [1], [1]]`),
	}
}
