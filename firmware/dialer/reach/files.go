package reach

import "os"

// Files are the files by which names are found, as they were at one time.
type Files struct {
	paths []string
	infos []os.FileInfo // nil for one that was not there
}

// Look looks at them. For a target whose host is no name there are none.
func (t Target) Look() *Files {
	var f Files
	if t.Named {
		f.paths = []string{"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"}
	}
	f.infos = f.look()
	return &f
}

func (f *Files) look() (infos []os.FileInfo) {
	for _, path := range f.paths {
		info, _ := os.Stat(path)
		infos = append(infos, info)
	}
	return infos
}

// There are those that are there.
func (f *Files) There() (paths []string) {
	for i, path := range f.paths {
		if f.infos[i] != nil {
			paths = append(paths, path)
		}
	}
	return paths
}

// Fresh tells whether they are the same files as before. What is written into one of them does not
// matter: the resolver reads it again. One that lies in the place of another is a file that a confined
// program was not let to open.
func (f *Files) Fresh() bool {
	for i, now := range f.look() {
		was := f.infos[i]
		if (was == nil) != (now == nil) || was != nil && !os.SameFile(was, now) {
			return false
		}
	}
	return true
}
