//! Paths inside an allocation, by their text alone.

/// Whether `path`, taken from the folder `from` of an allocation, leaves the allocation's folder.
pub(super) fn escapes(from: &str, path: &str) -> bool {
    let mut depth: i32 = 0;
    for part in from.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ if depth >= 0 => depth += 1,
            // Above the allocation's folder a name leads back only if it is the folder's own, which nobody knows.
            _ => return true,
        }
        if depth < -2 {
            return true;
        }
    }
    depth < 0
}

/// Whether `path` lies in the folder `parent`, or is it.
pub(super) fn is_inside(parent: &str, path: &str) -> bool {
    if parent.starts_with('/') != path.starts_with('/') {
        return false;
    }
    let parts = |text: &str| -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        for part in text.split('/').filter(|part| !part.is_empty() && *part != ".") {
            if part == ".." { drop(parts.pop()) } else { parts.push(part.to_owned()) }
        }
        parts
    };
    parts(path).starts_with(&parts(parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_allocation_are_found() {
        for path in ["../../x", "../../../etc/passwd", "local/../../../x"] {
            assert!(escapes("task", path), "{path}");
        }
        for path in ["x", "local/x", "../other/x", "/etc/x", "./a//b", "../x", "a/../b"] {
            assert!(!escapes("task", path), "{path}");
        }
    }

    #[test]
    fn folders_hold_what_lies_in_them() {
        assert!(is_inside("/csi", "/csi/x") && is_inside("/csi", "/csi/") && is_inside("/a/..", "/b"));
        assert!(
            !is_inside("/csi", "/local/csi") && !is_inside("/csi", "/csix") && !is_inside("/csi", "csi/x")
        );
    }
}
