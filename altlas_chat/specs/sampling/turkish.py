"""Turkish words for made-up values."""

from altlas_chat.specs.sampling.words import Words, listed

TURKISH = Words(
    first_names=listed(
        """
        Ayşe Fatma Zeynep Elif Merve Büşra Esra Emine Hatice Selin Deniz Ece Defne Nehir Gül
        Sevgi İrem Pınar Çiğdem Şule Derya Yasemin Aslı Ebru Gizem Mehmet Mustafa Ahmet Ali
        Hüseyin Emre Burak Can Cem Kerem Onur Ozan Murat Serkan Tolga Uğur Volkan Yusuf Kaan
        Barış Efe İlker Koray Levent Sinan
        """
    ),
    last_names=listed(
        """
        Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç
        Aslan Çetin Kara Koç Kurt Özkan Şimşek Polat Korkmaz Erdoğan Güneş Aktaş Avcı Bulut
        Taş Tekin Bozkurt Acar Uçar Güler Yavuz Işık Turan Ateş Sarı Keskin Ünal Gündüz Deniz
        Toprak Coşkun Ergin Uysal Tuncer Sezer Duman Bilgin
        """
    ),
    cities=(
        ("İstanbul", "Marmara", 41.0082, 28.9784),
        ("Ankara", "İç Anadolu", 39.9334, 32.8597),
        ("İzmir", "Ege", 38.4237, 27.1428),
        ("Bursa", "Marmara", 40.1885, 29.0610),
        ("Antalya", "Akdeniz", 36.8969, 30.7133),
        ("Adana", "Akdeniz", 37.0, 35.3213),
        ("Konya", "İç Anadolu", 37.8746, 32.4932),
        ("Gaziantep", "Güneydoğu Anadolu", 37.0662, 37.3833),
        ("Trabzon", "Karadeniz", 41.0027, 39.7168),
        ("Samsun", "Karadeniz", 41.2867, 36.33),
        ("Eskişehir", "İç Anadolu", 39.7667, 30.5256),
        ("Kayseri", "İç Anadolu", 38.7312, 35.4787),
        ("Mersin", "Akdeniz", 36.8121, 34.6415),
        ("Muğla", "Ege", 37.2153, 28.3636),
        ("Çanakkale", "Marmara", 40.1553, 26.4142),
        ("Van", "Doğu Anadolu", 38.5012, 43.3730),
    ),
    country=("Türkiye", "TR"),
    countries=(
        ("Türkiye", "TR"),
        ("Almanya", "DE"),
        ("Fransa", "FR"),
        ("İtalya", "IT"),
        ("İspanya", "ES"),
        ("Birleşik Krallık", "GB"),
        ("Amerika Birleşik Devletleri", "US"),
        ("Japonya", "JP"),
        ("Azerbaycan", "AZ"),
        ("Hollanda", "NL"),
        ("Yunanistan", "GR"),
        ("Kanada", "CA"),
        ("Brezilya", "BR"),
        ("İsveç", "SE"),
        ("Avusturya", "AT"),
        ("Polonya", "PL"),
    ),
    streets=(
        "Atatürk Caddesi",
        "Cumhuriyet Caddesi",
        "İnönü Caddesi",
        "Gazi Sokak",
        "Çiçek Sokak",
        "Lale Sokak",
        "Barış Caddesi",
        "Deniz Sokak",
        "Fatih Caddesi",
        "Mimar Sinan Caddesi",
        "Zafer Sokak",
        "Menekşe Sokak",
        "Bağdat Caddesi",
        "İstasyon Caddesi",
        "Çınar Sokak",
        "Papatya Sokak",
    ),
    companies=(
        "Yıldız Ticaret A.Ş.",
        "Mavi Deniz Ltd.",
        "Anadolu Gıda",
        "Kuzey Lojistik",
        "Çınar Yazılım",
        "Ege Enerji A.Ş.",
        "Toros Tekstil",
        "Boğaziçi Danışmanlık",
        "Kardelen Sağlık",
        "Bozkır Yayınları",
        "Akdeniz Turizm",
        "Doruk Yapı",
        "Pusula Medya",
        "Zeytin Tarım",
        "Güneş Otomotiv",
        "Liman Denizcilik",
    ),
    jobs=(
        "Yazılım Mühendisi",
        "Ürün Yöneticisi",
        "Hemşire",
        "Öğretmen",
        "Muhasebeci",
        "Mimar",
        "Veri Analisti",
        "Elektrikçi",
        "Grafik Tasarımcı",
        "Kütüphaneci",
        "Eczacı",
        "Aşçı",
        "Proje Yöneticisi",
        "Satış Temsilcisi",
        "Çevirmen",
        "Gazeteci",
    ),
    things=listed(
        """
        lamba sandalye defter çaydanlık çanta ceket klavye bisiklet şemsiye fincan kamera saat
        battaniye ayna kask sepet mum hoparlör gitar merdiven
        """
    ),
    adjectives=listed(
        """
        küçük yeşil sessiz parlak sade modern klasik hafif sıcak taze akıllı sağlam nazik
        altın cesur erken gümüş yumuşak sakin hızlı
        """
    ),
    topics=listed(
        """
        bahçe hava pazar proje yolculuk tasarım müzik tarih liman mutfak kütüphane dağ mevsim
        güncelleme sabah plan sürüm yaz gezi rapor
        """
    ),
    sentences=(
        "Toplantı salı günü saat ona alındı.",
        "Yağmur başlayana kadar nehir boyunca yürüdük.",
        "Son rakamları hafta bitmeden gönderir misiniz?",
        "Yeni sürüm hazır, inceleme bekliyor.",
        "Herkes ikinci öneriyi daha çok beğendi.",
        "Kargo bu sabah sorunsuz ulaştı.",
        "Mutfakta taze çay var.",
        "Koridordaki ışıklar dün onarıldı.",
        "Planlanandan uzun sürdü ama sonuç iyi oldu.",
        "Yanına bir mont al, akşamları soğuk oluyor.",
        "Rapor yılın ilk üç ayını kapsıyor.",
        "Pencere kenarında iki yer daha boş.",
        "Kısa bir not yazıp masanın üzerine bıraktı.",
        "Kütüphane dokuzda açılıyor, altıda kapanıyor.",
        "Liman manzaralı, sakin bir yer.",
        "Ekip sade bir plan üzerinde anlaştı.",
    ),
    pets=listed(
        """
        Pamuk Boncuk Karabaş Minnoş Zeytin Duman Fındık Tarçın Limon Gölge Badem Maviş
        """
    ),
    breeds=(
        "Kangal",
        "Van Kedisi",
        "Ankara Kedisi",
        "Akbaş",
        "Golden Retriever",
        "Tekir",
        "Beagle",
        "Siyam",
    ),
    colors=listed(
        """
        kırmızı mavi yeşil sarı turuncu mor siyah beyaz gri kahverengi
        """
    ),
    categories=listed(
        """
        kitap müzik ev bahçe spor mutfak oyuncak gezi sağlık ofis
        """
    ),
    books=(
        "Sessiz Liman",
        "Yağmur Mevsimi",
        "Kuzeyden Mektuplar",
        "Saatçi",
        "Tepelerin Ardında",
        "Kâğıt Bahçeler",
        "Son Fener",
        "Kış Yolları",
    ),
    genders=("kadın", "erkek"),
    phone="+90 532 ### ## ##",
    plate="34 ??? ##",
    postcode="34###",
    locale="tr-TR",
    timezone="Europe/Istanbul",
    currency="TRY",
    iban="TR330006100519786457841326",
)
