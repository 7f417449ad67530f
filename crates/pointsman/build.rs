//! The web application is embedded as it stands in `ui/dist` when this is compiled; without it the binary is built all the same.

fn main() {
    println!("cargo::rerun-if-changed=../../ui/dist");
}
