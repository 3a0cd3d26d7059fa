package enrol

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tellijn/boards"
	"tellijn/tools/collector/certs"
	"tellijn/tools/collector/register"
	"tellijn/tools/fieldkit/sheet"
)

// List takes in the devices of a list that fieldkit flash wrote: each by its key, and by the certificate
// that was made with its card. A device that is known keeps its room; of a card that was written anew the
// certificate before is refused. Of several lines for one device the last counts. It gives the names of the
// devices that are new or changed, in their order. Either all of the list is taken or none.
func List(dir string, rows []sheet.Row, now time.Time) (changed []string, err error) {
	r, unlock, err := register.Make(dir, nil, now, Seed)
	if err != nil {
		return nil, err
	}
	defer unlock()
	last := map[string]int{}
	for i, row := range rows {
		last[row.Device] = i
	}
	var put []*register.Device
	for i, row := range rows {
		if last[row.Device] != i {
			continue
		}
		d, other, err := listed(r, &row, now)
		if err != nil {
			return nil, fmt.Errorf("line for %q: %w", row.Device, err)
		}
		for _, p := range put {
			if slices.ContainsFunc(p.Keys, func(k register.Key) bool { return k.Public == row.Sign.String() }) {
				return nil, fmt.Errorf("enrol: the key of %q is that of %q; each card has its own", row.Device, p.Name)
			}
		}
		if other {
			put = append(put, d)
		}
	}
	for _, d := range put {
		if err := r.Put(d); err != nil {
			return changed, err
		}
		changed = append(changed, d.Name)
	}
	_, err = r.Revoke(now)
	return changed, err
}

// listed gives what the register will say of a device, and whether that is something else than now.
func listed(r *register.Register, row *sheet.Row, now time.Time) (d *register.Device, other bool, err error) {
	if err := row.Check(); err != nil {
		return nil, false, err
	}
	b, err := boards.Lookup(row.Board)
	if err != nil {
		return nil, false, err
	}
	if known, ok, err := r.Device(row.Device); err != nil {
		return nil, false, err
	} else if ok && !known.Revoked && len(known.Keys) > 0 && known.Keys[len(known.Keys)-1].Public == row.Sign.String() &&
		(row.Certificate == "" || known.Pinned(row.Certificate)) {
		return &known, false, nil
	} else if ok && slices.ContainsFunc(known.Keys, func(k register.Key) bool { return k.Public == row.Sign.String() }) {
		return nil, false, fmt.Errorf("enrol: %q had this key before, and has another or is revoked now; hint: take the line out, it is of an older card", row.Device)
	}
	d, err = entry(r, Device{Name: row.Device, Key: row.Sign.String(), Simulated: b.Kind.Pretended(), Renew: true}, now)
	if err != nil {
		return nil, false, err
	}
	for i := range d.Certificates {
		d.Certificates[i].Revoked = true
	}
	if row.Certificate != "" {
		d.Certificates = append(d.Certificates, register.Certificate{Pin: row.Certificate, Until: row.Written.AddDate(certs.DeviceYears, 0, 0)})
	}
	return d, true, nil
}

// Words gives what installers need of a collector that devices reach under hosts: the lines for each
// configuration, beside the file ca.pem in dir.
func Words(dir string, hosts []string) (string, error) {
	_, address, err := addresses("https", hosts)
	if err != nil {
		return "", err
	}
	r, err := register.Open(dir)
	if err != nil {
		return "", err
	}
	receipts, err := r.Receipts()
	if err != nil {
		return "", err
	}
	return strings.Join([]string{"Installers need " + r.Path("ca.pem") + " (fieldkit flash -ca) and these lines in each configuration:", "",
		"[upload]", `kind = "https"`, fmt.Sprintf("address = %q", address), fmt.Sprintf("receipts = %q", receipts.Public()), ""}, "\n"), nil
}
