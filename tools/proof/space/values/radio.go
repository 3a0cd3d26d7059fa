package values

import "strings"

// Radio is the table for every key of the file of a radio network, which the scout reads. The first value of
// each is ordinary. Nothing in it reaches the eye or the warden.
func Radio() map[string][]Value {
	return map[string][]Value{
		"kind":      words(`"personal"`, `"enterprise"`, `"open"`, `"WEP"`),
		"ssid":      words(`"Door"`, `"`+strings.Repeat("D", 32)+`"`, `"`+strings.Repeat("D", 33)+`"`, `"a\nb"`),
		"hidden":    each(`true`, `false`, ``, `"true"`, `1`, `0`, `"yes"`, `[true]`, `1979-05-27`, `{a = 1}`),
		"country":   words(`"DE"`, `"de"`, `"D\n"`, `"DEU"`),
		"password":  words(`"eight888"`, `"seven77"`, `"eight888\npsk=1"`, `"`+strings.Repeat("p", 64)+`"`),
		"method":    words(`"PEAP"`, `"TTLS"`, `"TLS"`, `"LEAP"`),
		"identity":  words(`"d@uni.example"`, `"`+strings.Repeat("i", 254)+`"`),
		"anonymous": words(`"a@uni.example"`, `"`+strings.Repeat("a", 254)+`"`),
		"server":    words(`"radius.uni.example"`, `"a;b"`, `".uni.example"`, `"a\"b"`),
		"ca":        words(`"ca.pem"`, `"../ca.pem"`, `"/ca.pem"`),
		"cert":      words(`"cert.pem"`, `".."`),
		"key":       words(`"key.pem"`, `"."`),
	}
}
