// The camera of whoever looks at the page: what it sees, and why there is none.

const LONGEST = 640; // pixels of the longest side of a picture
const SMALL = 128; // pixels of the small one that is shown

const WHY = {
  NotAllowedError: "The browser may not use the camera. Allow it beside the address of this page, then try again.",
  NotFoundError: "There is no camera on this device. Connect one and try again, or take the pictures elsewhere and add them here.",
  NotReadableError: "The camera is in use. Close the other program that has it, then try again.",
  insecure: "Browsers give a camera only to pages on localhost or over https. Open Thaw on the machine that it runs on, ask for an https address, or add photographs here: a phone takes them with its own camera.",
  other: "The camera did not start. Try again, or add photographs that were taken elsewhere.",
};

function buttonOf(words, onclick) {
  const button = element("button", "button", words);
  button.type = "button";
  button.onclick = onclick;
  return button;
}

class Camera {
  // `onChange` is told when it goes on or off.
  constructor(parent, onChange) {
    this.onChange = onChange;
    this.stream = null;
    this.failed = false; // whether it was tried in vain
    const stage = parent.appendChild(element("div", "stage"));
    this.view = stage.appendChild(element("div", "view"));
    this.view.append(icon("camera"));
    this.video = this.view.appendChild(element("video"));
    Object.assign(this.video, { muted: true, playsInline: true, hidden: true });
    this.video.setAttribute("aria-label", "What the camera sees");
    this.told = this.view.appendChild(element("span", "told"));
    this.told.hidden = true;
    const setting = stage.appendChild(element("div", "setting"));
    this.start = setting.appendChild(buttonOf("Switch the camera on", () => (this.stream ? this.close() : this.open())));
    this.other = setting.appendChild(buttonOf("Other camera", () => this.change()));
    this.other.hidden = true;
    const label = setting.appendChild(element("label"));
    this.square = label.appendChild(element("input"));
    Object.assign(this.square, { type: "checkbox", checked: true });
    this.square.onchange = () => this.view.classList.toggle("wide", !this.square.checked);
    label.append("Square pictures");
    this.why = stage.appendChild(element("p", "why"));
    this.why.setAttribute("role", "status");
    this.why.hidden = true;
  }

  async open(device = null) {
    this.close();
    setText(this.why, "");
    if (!navigator.mediaDevices?.getUserMedia) return this.fail("insecure");
    const wanted = device ? { deviceId: { exact: device } } : { facingMode: "user" };
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { ...wanted, width: { ideal: LONGEST }, height: { ideal: 480 } } });
    } catch (fault) {
      return this.fail(fault.name in WHY ? fault.name : "other");
    }
    if (this.left) return this.close(); // the page was left while a person was asked
    const [track] = this.stream.getVideoTracks();
    track.onended = () => this.fail("NotReadableError");
    this.device = track.getSettings().deviceId;
    this.view.classList.toggle("mirrored", track.getSettings().facingMode !== "environment");
    this.video.srcObject = this.stream;
    this.video.hidden = false;
    await this.video.play().catch(() => {}); // refused where it was replaced meanwhile
    this.why.hidden = true;
    setText(this.start, "Switch the camera off");
    this.devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
    this.other.hidden = this.devices.length < 2;
    this.onChange();
    return null;
  }

  change() {
    const place = this.devices.findIndex(({ deviceId }) => deviceId === this.device);
    return this.open(this.devices[(place + 1) % this.devices.length].deviceId);
  }

  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
    this.video.hidden = true;
    this.other.hidden = true;
    setText(this.start, "Switch the camera on");
    this.onChange();
  }

  fail(reason) {
    this.failed = true;
    this.close();
    setText(this.why, WHY[reason]);
    this.why.hidden = false;
    setText(this.start, "Try the camera again");
  }

  // A picture for the set and a small one to show, as JPEG; null before the camera has sent one.
  async take() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width) return null;
    const side = Math.min(width, height);
    const [across, down] = this.square.checked ? [side, side] : [width, height];
    const drawn = (most) => {
      const share = Math.min(1, most / Math.max(across, down));
      const canvas = element("canvas");
      canvas.width = Math.round(across * share);
      canvas.height = Math.round(down * share);
      canvas.getContext("2d").drawImage(this.video, (width - across) / 2, (height - down) / 2, across, down, 0, 0, canvas.width, canvas.height);
      return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
    };
    const [file, small] = await Promise.all([drawn(LONGEST), drawn(SMALL)]);
    return file && small && { file, small };
  }

  // Writes over the picture what is being recorded; nothing when `text` is empty.
  tell(text) {
    this.view.classList.toggle("recording", Boolean(text));
    this.told.hidden = !text;
    if (text) setText(this.told, text);
  }

  leave() {
    this.left = true;
    this.close();
  }
}
